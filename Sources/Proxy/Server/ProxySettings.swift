package import HTTP1

/// What an operator may set about the data plane. Defaults are the documented ones (docs/configuration.md).
package struct ProxySettings: Sendable {
    /// Address that listeners bind to when their Gateway has none of its own: text form, `0.0.0.0` or `::` for all.
    package var bindAddress = "0.0.0.0"
    /// Added to every listener port before binding (80 becomes 80 + offset).
    package var portOffset = 0
    /// Event loops, one thread each; at least 1.
    package var workers = 1
    /// Sizes of request line (414) and header section (431).
    package var headLimits = HeadLimits()
    /// From the first byte of a request head (or the accepted connection) to its last.
    package var headerTimeout: Duration = .seconds(10)
    /// How long a client connection may rest between requests.
    package var idleTimeout: Duration = .seconds(60)
    /// How long a connection to a backend may take to open.
    package var connectTimeout: Duration = .seconds(5)
    /// How long a pooled connection to a backend may rest.
    package var upstreamIdleTimeout: Duration = .seconds(30)
    /// Networks in CIDR notation whose peers send the PROXY protocol to every TCP port that does not say otherwise.
    package var proxyProtocolPeers: [String] = []
    /// How long a connection of a TCPRoute or TLSRoute may rest in both directions; nil for ever. (Peers that vanish are
    /// noticed by TCP keepalive.)
    package var streamIdleTimeout: Duration?
    /// How long connections of TCPRoutes and TLSRoutes live on when their endpoint leaves the backend.
    package var endpointDrainTimeout: Duration = .seconds(60)
    /// How long a UDP flow (client address and port) is remembered without a datagram in either direction.
    package var flowIdleTimeout: Duration = .seconds(60)
    /// UDP flows that one event loop keeps at a time; the one that rested longest makes room for a new one.
    package var maximumFlows = 16_384
    /// Upper bound of Prometheus time series per metric family group; see `RequestMetrics`.
    package var metricSeriesLimit = 50_000

    package init() {}
}

extension Duration {
    /// Whole nanoseconds, for comparing with the loop's clock; negative durations count as zero.
    var nanoseconds: UInt64 {
        let parts = components
        guard parts.seconds >= 0 else { return 0 }
        return UInt64(parts.seconds) * 1_000_000_000 + UInt64(max(0, parts.attoseconds / 1_000_000_000))
    }
}
