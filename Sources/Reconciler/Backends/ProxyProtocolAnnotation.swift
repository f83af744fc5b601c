package import KubernetesTypes
import Routing

/// The annotation of a Service whose endpoints want the PROXY protocol in front of connections of TCPRoutes and TLSRoutes
/// (docs/layer4.md).
enum ProxyProtocolAnnotation {
    static let name = "gateway.weir.dev/proxy-protocol"

    /// nil without the annotation, and for a value that is neither `v1` nor `v2`.
    static func version(for service: Service?) -> BackendConfiguration.ProxyProtocolVersion? {
        switch service?.metadata.annotations[name] {
        case "v1": .v1
        case "v2": .v2
        default: nil
        }
    }
}

extension DiagnosticCode {
    /// A value of `gateway.weir.dev/proxy-protocol` that means nothing.
    package static let proxyProtocolVersion = DiagnosticCode(2650)
}
