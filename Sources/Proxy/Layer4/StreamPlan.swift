import Routing

/// The part of a configuration that Layer 4 needs, before every event loop makes its own objects of it.
struct StreamPlan: Sendable {
    /// Parallel to `RoutingConfiguration.ports`.
    var ports: [PortConfiguration]
    var routes: [StreamRouteConfiguration]
    /// Positions in `RoutingConfiguration.backends`.
    var backends: [BackendID: Int]

    static let empty = StreamPlan(RoutingConfiguration.empty)

    init(_ configuration: RoutingConfiguration) {
        ports = configuration.ports
        routes = configuration.streamRoutes
        backends = [:]
        // Few configurations have streams; the others do not pay for them.
        guard !routes.isEmpty else { return }
        for (index, backend) in configuration.backends.enumerated() { backends[backend.id] = index }
    }
}
