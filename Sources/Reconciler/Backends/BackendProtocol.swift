import GatewayAPI
import Routing

/// What is spoken to a backend.
enum BackendProtocol: Sendable, Hashable {
    case http1
    /// HTTP/2 without TLS, by prior knowledge.
    case h2c
    case webSocket
    /// WebSocket over TLS.
    case webSocketTLS
    /// Bytes of TCPRoutes and TLSRoutes, no requests.
    case tcp
    /// Anything else, by its name.
    case other(String)

    /// What it means for the data plane.
    var wire: BackendConfiguration.BackendProtocol { self == .h2c ? .http2 : .http1 }

    /// What the data plane speaks. Everything else is reported, and its requests are answered with 500.
    var isServed: Bool {
        switch self {
        case .http1, .h2c, .webSocket, .tcp: true
        case .webSocketTLS, .other: false
        }
    }

    /// `appProtocol` of a Service port (GEP-1911). Everything is taken for HTTP/1.1, or for HTTP/2 by GRPCRoutes, except
    /// what stands for another protocol on the wire; `https` too, since TLS to backends is a matter of BackendTLSPolicy
    /// alone.
    ///
    /// - Parameter isGRPC: for GRPCRoutes.
    init(appProtocol: String?, isGRPC: Bool) {
        switch appProtocol?.lowercased() {
        case "kubernetes.io/h2c", "kubernetes.io/grpc", "h2c", "grpc": self = .h2c
        case "kubernetes.io/ws": self = .webSocket
        case "kubernetes.io/wss": self = .webSocketTLS
        case "http/1.1": self = .http1
        default: self = isGRPC ? .h2c : .http1
        }
    }

    /// `XBackend.spec.protocol`.
    init(_ protocol: XBackendProtocol?, isGRPC: Bool) {
        switch `protocol` {
        case .http11: self = .http1
        case nil, .http: self = isGRPC ? .h2c : .http1
        case .http2, .h2c: self = .h2c
        case .tcp: self = .tcp
        case .mcp, .unrecognized: self = .other(`protocol`?.rawValue ?? "")
        }
    }
}
