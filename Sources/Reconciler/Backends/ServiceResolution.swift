import GatewayAPI
import KubernetesTypes
import Routing

/// Resolves backendRefs of HTTPRoutes to ports of Services.
struct ServiceResolution {
    var state: ClusterState
    var externalNameServices: ReconcilerSettings.ExternalNamePolicy

    enum Result {
        case backend(BackendID)
        /// Requests that this reference would have got are answered with 500.
        case invalid(RouteConditionReason, Finding)
    }

    /// - Parameters:
    ///   - routeNamespace: the namespace that references without one mean.
    ///   - path: of the backendRef.
    func resolve(_ reference: BackendObjectReference, from routeNamespace: String, at path: FieldPath) -> Result {
        let kind = GroupKind(group: reference.group, kind: reference.kind)
        let name = ObjectName(namespace: reference.namespace ?? routeNamespace, name: reference.name)
        let access = CrossNamespaceReference(
            from: HTTPRoute.groupKind, fromNamespace: routeNamespace, to: kind, target: name)
        guard access.isGranted(in: state) else {
            return .invalid(.refNotPermitted, access.refusal(at: path.field("namespace"), in: state))
        }
        guard kind == Service.groupKind else {
            return .invalid(
                .invalidKind,
                Finding(path.field("kind"), "\(kind) cannot be a backend.", help: "Refer to a Service (group \"\")."))
        }
        guard let service = state.services[name] else { return .invalid(.backendNotFound, missing(name, at: path)) }
        guard let port = reference.port else {
            return .invalid(
                .backendNotFound,
                Finding(path, "The reference to Service \(name) names no port.", help: "Add port."))
        }
        if service.spec.type == .externalName, let result = refusal(of: service, name, port: port, at: path) {
            return result
        }
        return resolve(port: port, of: service, name, at: path)
    }

    private func resolve(port: UInt16, of service: Service, _ name: ObjectName, at path: FieldPath) -> Result {
        let id = BackendID(service: name, port: port)
        // A Service of type ExternalName need not list ports: there is nothing to map them to.
        if service.spec.type == .externalName, service.spec.ports.isEmpty { return .backend(id) }
        let ports = service.spec.ports.filter { $0.port == port }
        guard !ports.isEmpty else {
            let existing = service.spec.ports.map { $0.name.isEmpty ? "\($0.port)" : "\($0.port) (\($0.name))" }
            return .invalid(
                .backendNotFound,
                Finding(
                    path.field("port"), "Service \(name) has no port \(port).",
                    help: existing.isEmpty ? "It has no ports." : "It has \(Wording.list(existing))."))
        }
        guard let tcp = ports.first(where: { $0.protocol == .tcp }) else {
            return .invalid(
                .unsupportedProtocol,
                Finding(
                    path.field("port"),
                    "Port \(port) of Service \(name) has protocol \(ports[0].protocol.rawValue), HTTP needs TCP."))
        }
        if let appProtocol = tcp.appProtocol, !AppProtocol.isServed(appProtocol) {
            return .invalid(
                .unsupportedProtocol,
                Finding(
                    path.field("port"),
                    "Port \(port) of Service \(name) has appProtocol \(appProtocol), which is not served by this "
                        + "version.",
                    help: "Plain HTTP/1.1 backends are."))
        }
        return .backend(id)
    }

    private func refusal(of service: Service, _ name: ObjectName, port: UInt16, at path: FieldPath) -> Result? {
        let target = service.spec.externalName ?? ""
        guard externalNameServices == .allowed else {
            return .invalid(
                .invalidKind,
                Finding(
                    path.field("name"), "Service \(name) is of type ExternalName, which is refused as a backend.",
                    help: "It would let its author send requests to any host (CVE-2021-25740). Use a Service with "
                        + "EndpointSlices."))
        }
        guard case .refused(let refusal) = ExternalName.resolve(target, port: port) else { return nil }
        let objection =
            switch refusal {
            case .notAName: "is not a DNS name"
            case .local: "leads to this machine or back into the cluster, which is refused"
            }
        return .invalid(
            .invalidKind,
            Finding(path.field("name"), "The externalName \"\(target)\" of Service \(name) \(objection)."))
    }

    private func missing(_ name: ObjectName, at path: FieldPath) -> Finding {
        // Comparing costs time, and in a large namespace something always looks similar.
        let neighbours = state.services.inNamespace(name.namespace).prefix(Self.suggestionLimit + 1)
        let suggestion =
            neighbours.count <= Self.suggestionLimit
            ? KubernetesTypes.suggestion(for: name.name, among: neighbours.map(\.name.name)) : nil
        return Finding(
            path.field("name"), "Service \(name) does not exist.",
            help: suggestion.map { "Is \($0) meant?" } ?? "Create it, or correct the name.")
    }

    private static let suggestionLimit = 100
}

/// `appProtocol` of a Service port (GEP-1911).
enum AppProtocol {
    /// Everything is served as HTTP/1.1 except what stands for another protocol on the wire. TLS to backends is a
    /// matter of BackendTLSPolicy alone, so `https` is not refused.
    static func isServed(_ appProtocol: String) -> Bool {
        switch appProtocol.lowercased() {
        case "kubernetes.io/h2c", "kubernetes.io/ws", "kubernetes.io/wss", "kubernetes.io/grpc", "grpc", "h2c": false
        default: true
        }
    }
}
