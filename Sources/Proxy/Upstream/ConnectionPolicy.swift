import Routing

/// How connections to the endpoints of a backend are made. A connection made under one policy never carries a request of
/// a backend with another, even when both name the same address.
struct ConnectionPolicy: Sendable, Hashable {
    var `protocol` = BackendConfiguration.BackendProtocol.http1
    /// nil: plain text.
    var tls: BackendSecurity?

    /// False when TLS is wanted and what it needs could not be loaded.
    var isUsable: Bool { tls?.isUsable ?? true }
}

/// An endpoint as one backend reaches it: backends that agree in both share a pool.
struct EndpointKey: Hashable {
    var address: SocketAddress
    var policy: ConnectionPolicy
}
