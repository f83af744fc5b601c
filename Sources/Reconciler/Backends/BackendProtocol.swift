import GatewayAPI
import KubernetesTypes
import Routing

/// What is spoken to a backend.
enum BackendProtocol: Sendable, Hashable {
    case http1
    /// HTTP/2: without TLS by prior knowledge, with TLS by ALPN.
    case h2c
    case webSocket
    /// WebSocket over TLS.
    case webSocketTLS
    /// Anything else, by its name.
    case other(String)

    /// What the data plane speaks. Everything else is reported, and its requests are answered with 500.
    var isServed: Bool {
        switch self {
        case .http1, .h2c, .webSocket, .webSocketTLS: true
        case .other: false
        }
    }

    /// What it is for the data plane: WebSocket begins as HTTP/1.1, and TLS is a matter of policies.
    var wire: BackendConfiguration.BackendProtocol { self == .h2c ? .http2 : .http1 }

    init(spokenTo id: BackendID, _ state: ClusterState) {
        switch id.kind {
        case .externalBackend: self.init(state.xBackends[id.service]?.spec.protocol)
        case .service:
            let port = state.services[id.service]?.spec.ports.first { $0.port == id.port && $0.protocol == .tcp }
            self.init(appProtocol: port?.appProtocol)
        }
    }

    /// `appProtocol` of a Service port (GEP-1911). Everything is taken for HTTP/1.1 except what stands for another
    /// protocol on the wire; `https` too, since TLS to backends is a matter of BackendTLSPolicy alone.
    init(appProtocol: String?) {
        switch appProtocol?.lowercased() {
        case "kubernetes.io/h2c", "kubernetes.io/grpc", "h2c", "grpc": self = .h2c
        case "kubernetes.io/ws": self = .webSocket
        case "kubernetes.io/wss": self = .webSocketTLS
        default: self = .http1
        }
    }

    /// `XBackend.spec.protocol`.
    init(_ protocol: XBackendProtocol?) {
        switch `protocol` {
        case nil, .http, .http11: self = .http1
        case .http2, .h2c: self = .h2c
        case .tcp, .mcp, .unrecognized: self = .other(`protocol`?.rawValue ?? "")
        }
    }
}
