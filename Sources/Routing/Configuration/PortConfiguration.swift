/// One socket to listen on and the listeners that share it.
package struct PortConfiguration: Sendable, Hashable {
    /// The address of the Gateway in text form; nil means the process's own bind address.
    package var address: String?
    /// The listener's port as the Gateway states it (`Gateway.spec.listeners[].port`, 1...65535). The proxy may bind
    /// another number (`--port-offset`), redirects name this one.
    package var port: UInt16
    /// HTTP listeners, or HTTPS ones (all have `tls` then), with distinct hostnames.
    package var listeners: [ListenerConfiguration]
    /// TLS listeners, which may share the port with HTTPS ones (the server name decides), or one TCP listener.
    package var streams: [StreamListener]
    /// A UDP listener; then there is nothing else here. A port number may occur twice, for TCP and for UDP.
    package var datagrams: DatagramListener?
    /// Of all HTTPS listeners of the port; nil asks for no client certificate.
    package var clientValidation: ClientCertificateValidation?
    package var proxyProtocol: ProxyProtocolConfiguration?

    package init(
        address: String? = nil, port: UInt16, listeners: [ListenerConfiguration] = [], streams: [StreamListener] = [],
        datagrams: DatagramListener? = nil, clientValidation: ClientCertificateValidation? = nil,
        proxyProtocol: ProxyProtocolConfiguration? = nil
    ) {
        self.address = address
        self.port = port
        self.listeners = listeners
        self.streams = streams
        self.datagrams = datagrams
        self.clientValidation = clientValidation
        self.proxyProtocol = proxyProtocol
    }
}

/// One Gateway listener that takes HTTP requests: protocol HTTP or HTTPS.
package struct ListenerConfiguration: Sendable, Hashable {
    package var id: ListenerID
    /// `listeners[].hostname`, `.any` when unset.
    package var hostname: HostnamePattern
    /// HTTPS listeners have this, HTTP listeners do not.
    package var tls: ListenerTLS?
    /// The HTTPRoutes and GRPCRoutes attached to this listener. A route appears at most once.
    package var routes: [AttachedRoute]

    package init(id: ListenerID, hostname: HostnamePattern, tls: ListenerTLS? = nil, routes: [AttachedRoute]) {
        self.id = id
        self.hostname = hostname
        self.tls = tls
        self.routes = routes
    }
}

/// Names a listener across the whole configuration.
package struct ListenerID: Sendable, Hashable {
    /// `namespace/name` of the Gateway.
    package var gateway: ObjectName
    /// The ListenerSet that the listener stands in; nil for the Gateway's own.
    package var listenerSet: ObjectName?
    /// The listener's name inside its Gateway or ListenerSet.
    package var listener: String

    package init(gateway: ObjectName, listenerSet: ObjectName? = nil, listener: String) {
        self.gateway = gateway
        self.listenerSet = listenerSet
        self.listener = listener
    }
}

/// A route as one listener sees it.
package struct AttachedRoute: Sendable, Hashable {
    /// Index into `RoutingConfiguration.routes`.
    package var route: Int
    /// The intersection of the route's hostnames with the listener's, never empty; `[.any]` when neither has one.
    package var hostnames: [HostnamePattern]

    package init(route: Int, hostnames: [HostnamePattern]) {
        self.route = route
        self.hostnames = hostnames
    }
}

/// `namespace/name` of a namespaced object.
package struct ObjectName: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var namespace: String
    package var name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { "\(namespace)/\(name)" }

    package static func < (lhs: ObjectName, rhs: ObjectName) -> Bool {
        (lhs.namespace, lhs.name) < (rhs.namespace, rhs.name)
    }
}
