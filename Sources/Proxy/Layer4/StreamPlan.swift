import Routing

/// The part of a configuration that Layer 4 needs, before every event loop makes its own objects of it.
struct StreamPlan: Sendable {
    /// Parallel to `RoutingConfiguration.ports`.
    var ports: [PortConfiguration]
    var routes: [StreamRouteConfiguration]
    /// Positions in `RoutingConfiguration.backends`.
    var backends: [BackendID: Int]

    /// For ports without a setting of their own.
    var proxyProtocolPeers: [String]

    init(_ configuration: RoutingConfiguration, proxyProtocolPeers: [String]) {
        self.proxyProtocolPeers = proxyProtocolPeers
        ports = configuration.ports
        routes = configuration.streamRoutes
        backends = [:]
        // Few configurations have streams; the others do not pay for them.
        guard !routes.isEmpty else { return }
        for (index, backend) in configuration.backends.enumerated() { backends[backend.id] = index }
    }
}
