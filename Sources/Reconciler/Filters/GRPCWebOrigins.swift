import GatewayAPI
import KubernetesTypes
import Routing

/// The annotation of a GRPCRoute that lets pages of other origins make gRPC-Web calls (docs/grpc.md). GRPCRoutes have no CORS
/// filter; pages of the same origin need none.
enum GRPCWebOrigins {
    static let name = "weir.dev/grpc-web-origins"

    private static let path = FieldPath("metadata.annotations").key(name)

    /// nil without the annotation. Entries that are no origins let nobody in.
    static func policy(of route: GRPCRoute) -> (policy: CORSPolicy, findings: [Finding])? {
        guard let text = route.metadata.annotations[name] else { return nil }
        // Whatever metadata a call has; what the browser itself would hide from the page is in these three.
        var policy = CORSPolicy(
            allowMethods: .list(["POST"]), allowHeaders: .any,
            exposeHeaders: .list(["grpc-status", "grpc-message", "grpc-status-details-bin"]), maxAge: 600)
        var findings: [Finding] = []
        for entry in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            if let origin = CORSOriginText.parse(String(entry)) {
                policy.allowOrigins.append(origin)
            } else {
                findings.append(
                    Finding(
                        .grpcWebOrigin, path, "\"\(entry)\" is not an origin: no page is let in for it.",
                        help: "Write *, or a scheme, a host and perhaps a port, such as https://app.example.com.",
                        severity: .warning))
            }
        }
        return (policy, findings)
    }
}

extension DiagnosticCode {
    /// An entry of `weir.dev/grpc-web-origins` that is no origin.
    static let grpcWebOrigin = DiagnosticCode(2550)
}
