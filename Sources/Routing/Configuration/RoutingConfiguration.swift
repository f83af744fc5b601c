/// Everything the data plane serves: the output of `reconcile`, valid by construction.
///
/// A value of plain values, compared to see whether anything changed, and compiled to a `RoutingTable` before it
/// reaches an event loop.
package struct RoutingConfiguration: Sendable, Hashable {
    /// The sockets to listen on, sorted by address and port.
    package var ports: [PortConfiguration]
    /// Every attached route once, in conflict order: the oldest `creationTimestamp` first, then `namespace/name`.
    /// A route's position here breaks ties between equal matches (Gateway API, "conflict resolution").
    package var routes: [RouteConfiguration]
    /// Every attached TLSRoute, TCPRoute and UDPRoute once, in conflict order.
    package var streamRoutes: [StreamRouteConfiguration]
    /// Every destination that some route forwards to, once.
    package var backends: [BackendConfiguration]

    package init(
        ports: [PortConfiguration] = [], routes: [RouteConfiguration] = [],
        streamRoutes: [StreamRouteConfiguration] = [], backends: [BackendConfiguration] = []
    ) {
        self.ports = ports
        self.routes = routes
        self.streamRoutes = streamRoutes
        self.backends = backends
    }

    package static let empty = RoutingConfiguration()

    /// Routes of all kinds.
    package var routeCount: Int { routes.count + streamRoutes.count }
}
