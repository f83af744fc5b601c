import GatewayAPI
import KubernetesTypes
import Routing

/// What an XBackend comes to.
struct XBackendEvaluation {
    /// nil when there is a problem.
    private(set) var endpoint: Endpoint?
    private(set) var problem: Problem?

    struct Problem {
        var reason: XBackendConditionReason
        /// What it means for routes that refer to the backend.
        var routeReason: RouteConditionReason
        /// With the path in the XBackend.
        var finding: Finding
    }

    /// - Parameter isGRPC: for GRPCRoutes.
    init(_ backend: XBackend, _ tls: BackendTLSResolution, isGRPC: Bool = false) {
        let spec = backend.spec
        let path = FieldPath("spec")
        guard spec.type == .externalHostname, let hostname = spec.externalHostname?.hostname else {
            fail(
                .unsupportedValue, .invalidKind,
                Finding(
                    .xBackendType, path.field("type"), "Backends of type \(spec.type) are not served by this version.",
                    help: "Write type: ExternalHostname with externalHostname."))
            return
        }
        guard let name = Self.publicName(hostname) else {
            fail(
                .invalid, .invalidKind,
                Finding(
                    .xBackendHostname, path.field("externalHostname").field("hostname"),
                    "\"\(hostname)\" is not a DNS name outside of this machine and the cluster.",
                    help: "Write a name such as api.example.com."))
            return
        }
        if let finding = tls.translation(of: backend)?.obstacle {
            fail(.invalid, .unsupportedProtocol, finding)
            return
        }
        guard BackendProtocol(spec.protocol, isGRPC: isGRPC).isServed else {
            fail(
                .unsupportedProtocol, .unsupportedProtocol,
                Finding(
                    .backendProtocol, path.field("protocol"),
                    "Protocol \(spec.protocol?.rawValue ?? "") is not served by this version.",
                    help: "HTTP, HTTP11, HTTP2, H2C and TCP are."))
            return
        }
        endpoint = Endpoint(host: .name(name), port: spec.port.port)
    }

    private mutating func fail(
        _ reason: XBackendConditionReason, _ routeReason: RouteConditionReason, _ finding: Finding
    ) {
        problem = Problem(reason: reason, routeReason: routeReason, finding: finding)
    }

    /// The rules of ExternalName Services, and no addresses; every name of the default cluster domain is refused.
    private static func publicName(_ hostname: String) -> String? {
        guard case .endpoint(let endpoint) = ExternalName.resolve(hostname, port: 1),
            case .name(let name) = endpoint.host,
            name != "cluster.local", !name.hasSuffix(".cluster.local")
        else { return nil }
        return name
    }
}
