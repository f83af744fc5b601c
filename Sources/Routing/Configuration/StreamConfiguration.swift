/// A listener whose connections are passed on as they are, byte by byte: protocols TLS and TCP.
package struct StreamListener: Sendable, Hashable {
    package enum Mode: Sendable, Hashable {
        /// Protocol TCP.
        case plain
        /// Protocol TLS, mode Passthrough: the server name is read from the ClientHello, nothing is decrypted.
        case passthrough
        /// Protocol TLS, mode Terminate: the backend gets what is inside.
        case terminate(ListenerTLS)
    }

    package var id: ListenerID
    /// `listeners[].hostname`, `.any` when unset and for TCP.
    package var hostname: HostnamePattern
    package var mode: Mode
    /// TLSRoutes or TCPRoutes attached to this listener, in conflict order. With `plain` only the first one counts.
    package var routes: [AttachedStreamRoute]

    package init(id: ListenerID, hostname: HostnamePattern = .any, mode: Mode, routes: [AttachedStreamRoute]) {
        self.id = id
        self.hostname = hostname
        self.mode = mode
        self.routes = routes
    }
}

/// A listener for datagrams: protocol UDP.
package struct DatagramListener: Sendable, Hashable {
    package var id: ListenerID
    /// Index into `RoutingConfiguration.streamRoutes` of the oldest UDPRoute; nil drops what arrives.
    package var route: Int?

    package init(id: ListenerID, route: Int?) {
        self.id = id
        self.route = route
    }
}

/// A TLSRoute or TCPRoute as one listener sees it.
package struct AttachedStreamRoute: Sendable, Hashable {
    /// Index into `RoutingConfiguration.streamRoutes`.
    package var route: Int
    /// The intersection of the route's hostnames with the listener's; `[.any]` for TCPRoutes.
    package var hostnames: [HostnamePattern]

    package init(route: Int, hostnames: [HostnamePattern]) {
        self.route = route
        self.hostnames = hostnames
    }
}

/// One TLSRoute, TCPRoute or UDPRoute: where its one rule sends connections or flows.
package struct StreamRouteConfiguration: Sendable, Hashable {
    package enum Kind: UInt8, Sendable, Hashable {
        case tls, tcp, udp
    }

    package var kind: Kind
    package var name: ObjectName
    /// `rules[0].name`, if given.
    package var ruleName: String?
    /// By weight, per connection or flow. Empty, or a share of `.invalid`: refused (TCP reset, datagrams dropped).
    package var backends: [WeightedStreamBackend]

    package init(kind: Kind, name: ObjectName, ruleName: String? = nil, backends: [WeightedStreamBackend]) {
        self.kind = kind
        self.name = name
        self.ruleName = ruleName
        self.backends = backends
    }
}

/// One `backendRefs[]` entry of a TLSRoute, TCPRoute or UDPRoute.
package struct WeightedStreamBackend: Sendable, Hashable {
    /// `weight`, 0...1,000,000, default 1.
    package var weight: UInt32
    package var destination: WeightedBackend.Destination

    package init(weight: UInt32 = 1, destination: WeightedBackend.Destination) {
        self.weight = weight
        self.destination = destination
    }
}

/// The PROXY protocol (version 1 and 2) on a listening port: the peer tells who the client is before anything else.
package struct ProxyProtocolConfiguration: Sendable, Hashable {
    /// Networks in CIDR notation whose peers are believed, and must send the header. Others are plain clients.
    package var trustedPeers: [String]

    package init(trustedPeers: [String]) {
        self.trustedPeers = trustedPeers
    }
}
