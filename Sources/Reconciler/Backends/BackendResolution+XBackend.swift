import GatewayAPI
import KubernetesTypes
import Routing

extension BackendResolution {
    /// A reference to an XBackend. It describes a destination for those of its own namespace; no grant changes that.
    func resolveExternal(
        _ name: ObjectName, port: UInt16?, from referrer: BackendReferrer, at path: FieldPath
    ) -> Resolved {
        let namespace = referrer.namespace
        guard name.namespace == namespace else {
            return Resolved(
                result: .invalid(
                    .refNotPermitted,
                    Finding(
                        .xBackendElsewhere, path.field("namespace"),
                        "XBackend \(name) is for routes of namespace \(name.namespace) only.",
                        help: "Create an XBackend in namespace \(namespace).")))
        }
        guard let backend = state.xBackends[name] else {
            return Resolved(
                result: .invalid(
                    .backendNotFound,
                    Finding(
                        .xBackendMissing, path.field("name"), "XBackend \(name) does not exist.",
                        help: "Create it, or correct the name.")))
        }
        if referrer.kind == .udp {
            return Resolved(
                target: BackendTarget(kind: .externalBackend, name: name),
                result: .invalid(
                    .unsupportedProtocol,
                    Finding(
                        .portNotUDP, path.field("kind"), "XBackend \(name) takes connections, not datagrams.",
                        help: "Refer to a Service whose port has protocol UDP.")))
        }
        if backend.spec.protocol == .tcp, !referrer.kind.isStream {
            return Resolved(
                target: BackendTarget(kind: .externalBackend, name: name),
                result: .invalid(
                    .unsupportedProtocol,
                    Finding(
                        .backendProtocol, path, "XBackend \(name) has protocol TCP, which carries no requests.",
                        help: "Give it protocol HTTP, HTTP11, HTTP2 or H2C, or use a TCPRoute.")))
        }
        let own = backend.spec.port.port
        if let port, port != own {
            return Resolved(
                target: BackendTarget(kind: .externalBackend, name: name),
                result: .invalid(
                    .backendNotFound,
                    Finding(
                        .portNotFound, path.field("port"), "XBackend \(name) has no port \(port).",
                        help: "It has \(own); port may be left out.")))
        }
        let isGRPC = referrer.kind == .grpc
        let isOnlyGRPC =
            BackendProtocol(backend.spec.protocol, isGRPC: isGRPC)
            != BackendProtocol(backend.spec.protocol, isGRPC: false)
        return Resolved(
            target: BackendTarget(kind: .externalBackend, name: name),
            result: XBackendEvaluation(backend, tls, isGRPC: isGRPC).problem.map { problem in
                .invalid(
                    problem.routeReason,
                    Finding(
                        problem.finding.code, path, "XBackend \(name) cannot be used: \(problem.finding.message)",
                        help: problem.finding.help))
            } ?? .backend(BackendID(kind: .externalBackend, service: name, port: own, isGRPC: isOnlyGRPC)))
    }
}
