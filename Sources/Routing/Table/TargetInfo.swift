/// What a request was counted under: names for metrics and logs, equal from one table to the next as long as the
/// objects keep their names.
package struct TargetInfo: Sendable, Hashable {
    /// The listener's port as the Gateway states it.
    package var port: UInt16
    /// `namespace/name` of the Gateway; empty when no listener takes the host.
    package var gateway: String
    /// The listener's name, with `namespace/name/` of its ListenerSet in front if it stands in one; empty when no
    /// listener takes the host.
    package var listener: String
    /// The hostname pattern, at most as specific as the request's host: `*.example.com`, `*` for every host. Empty
    /// when no listener takes the host. Never a request's own host, so the number of targets is bounded.
    package var hostname: String
    /// `namespace/name` of the route; empty when no rule takes the request.
    package var route: String
    /// The rule's name, or its index in the route when it has none; empty when no rule takes the request.
    package var rule: String

    package init(
        port: UInt16, gateway: String = "", listener: String = "", hostname: String = "", route: String = "",
        rule: String = ""
    ) {
        self.port = port
        self.gateway = gateway
        self.listener = listener
        self.hostname = hostname
        self.route = route
        self.rule = rule
    }
}

/// One socket to listen on.
package struct PortInfo: Sendable, Hashable {
    /// `PortConfiguration.address`.
    package var address: String?
    /// `PortConfiguration.port`.
    package var port: UInt16

    package init(address: String?, port: UInt16) {
        self.address = address
        self.port = port
    }
}
