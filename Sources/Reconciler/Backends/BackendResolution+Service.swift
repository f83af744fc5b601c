import GatewayAPI
import KubernetesTypes
import Routing

extension RouteKind {
    /// What the port of a Service must speak.
    fileprivate var portProtocol: TransportProtocol { self == .udp ? .udp : .tcp }

    fileprivate var portNeed: String {
        switch self {
        case .http: "HTTP needs"
        case .grpc: "gRPC needs"
        case .tls, .tcp, .udp: "a \(name) needs"
        }
    }
}

extension BackendResolution {
    /// Which port is meant instead of one that the Service does not have.
    private static func advice(port: UInt16, _ ports: [ServicePort]) -> String {
        if let behind = ports.first(where: { $0.targetPort == .int(Int(port)) }) {
            return "\(port) is the targetPort, where its pods listen: write port: \(behind.port)."
        }
        let existing = ports.map { $0.name.isEmpty ? "\($0.port)" : "\($0.port) (\($0.name))" }
        return existing.isEmpty ? "It has no ports." : "It has \(Wording.list(existing))."
    }

    /// A reference to a Service that exists and may be referred to.
    func resolve(
        _ service: Service, _ name: ObjectName, port: UInt16?, for kind: RouteKind, at path: FieldPath
    ) -> Result {
        guard let port else {
            return .invalid(
                .backendNotFound,
                Finding(.portMissing, path, "The reference to Service \(name) names no port.", help: "Add port."))
        }
        if service.spec.type == .externalName {
            if let result = refusal(of: service, name, port: port, at: path) { return result }
            // There need not be ports: there is nothing to map them to.
            if service.spec.ports.isEmpty {
                return served(service, name, ServicePort(port: port), for: kind, at: path)
            }
        }
        let ports = service.spec.ports.filter { $0.port == port }
        guard !ports.isEmpty else {
            return .invalid(
                .backendNotFound,
                Finding(
                    .portNotFound, path.field("port"), "Service \(name) has no port \(port).",
                    help: Self.advice(port: port, service.spec.ports)))
        }
        guard let suitable = ports.first(where: { $0.protocol == kind.portProtocol }) else {
            return .invalid(
                .unsupportedProtocol,
                Finding(
                    kind == .udp ? .portNotUDP : .portNotTCP, path.field("port"),
                    "Port \(port) of Service \(name) has protocol \(ports[0].protocol.rawValue), "
                        + "\(kind.portNeed) \(kind.portProtocol.rawValue)."))
        }
        return served(service, name, suitable, for: kind, at: path)
    }

    /// What is spoken to the port must be served.
    private func served(
        _ service: Service, _ name: ObjectName, _ port: ServicePort, for kind: RouteKind, at path: FieldPath
    ) -> Result {
        switch kind {
        case .http, .grpc: break
        // Bytes are passed on whatever they mean. Whether they are encrypted on the way is the data plane's affair.
        case .tls, .tcp: return .backend(BackendID(service: name, port: port.port))
        case .udp: return .backend(BackendID(service: name, port: port.port, transport: .datagram))
        }
        let spoken = BackendProtocol(appProtocol: port.appProtocol, isGRPC: kind == .grpc)
        // WebSocket over TLS is WebSocket where a policy says how to secure it.
        let isSecureWebSocket = spoken == .webSocketTLS && policies.tls(for: name, portName: port.name) != nil
        guard spoken.isServed || isSecureWebSocket else {
            return .invalid(
                .unsupportedProtocol,
                Finding(
                    .backendProtocol, path.field("port"),
                    "Port \(port.port) of Service \(name) has appProtocol \(port.appProtocol ?? ""), which is not "
                        + "served by this version.",
                    help: spoken == .webSocketTLS
                        ? "Add a BackendTLSPolicy for the Service." : "HTTP/1.1 and HTTP/2 backends are."))
        }
        let isOnlyGRPC = spoken != BackendProtocol(appProtocol: port.appProtocol, isGRPC: false)
        return .backend(BackendID(service: name, port: port.port, isGRPC: isOnlyGRPC))
    }

    private func refusal(of service: Service, _ name: ObjectName, port: UInt16, at path: FieldPath) -> Result? {
        let target = service.spec.externalName ?? ""
        guard externalNameServices == .allowed else {
            return .invalid(
                .invalidKind,
                Finding(
                    .externalNameRefused, path.field("name"),
                    "Service \(name) is of type ExternalName, which is refused as a backend.",
                    help: "It would let its author send requests to any host (CVE-2021-25740). Use a Service with "
                        + "EndpointSlices."))
        }
        guard case .refused(let refusal) = ExternalName.resolve(target, port: port) else { return nil }
        return .invalid(
            .invalidKind,
            Finding(
                .externalNameLocal, path.field("name"),
                "The externalName \"\(target)\" of Service \(name) \(refusal.text)."))
    }
}
