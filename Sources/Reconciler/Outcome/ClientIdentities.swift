import KubernetesTypes
import Routing

/// Gateways that show a certificate of their own to backends (`spec.tls.backend.clientCertificateRef`, GEP-3155).
///
/// A rule names its backends, whichever Gateway a request came through. For a Gateway with a certificate the routes that
/// lead to TLS backends therefore stand in the configuration once more, with backends that are this Gateway's alone: no
/// connection that was made with the certificate of one Gateway carries requests of another.
struct ClientIdentities {
    private let certificates: [ObjectName: CertificateKeyPair]

    init(_ gateways: [GatewayEvaluation]) {
        certificates = Dictionary(
            gateways.compactMap { gateway in gateway.clientCertificate.map { (gateway.name, $0.content) } },
            uniquingKeysWith: { first, _ in first })
    }

    func apply(to configuration: inout RoutingConfiguration) {
        if certificates.isEmpty { return }
        // An XBackend is shown the certificate that it asks for itself.
        let secured = Set(configuration.backends.lazy.filter { $0.tls != nil && $0.id.kind == .service }.map(\.id))
        if secured.isEmpty { return }
        var routes = Variants(configuration.routes.map { !secured.isDisjoint(with: $0.backendIDs) })
        var streams = Variants(configuration.streamRoutes.map { !secured.isDisjoint(with: $0.backendIDs) })
        forEachAttachment(of: &configuration) { route, kind, gateway in
            switch kind {
            case .requests: routes.use(route, by: gateway)
            case .streams: streams.use(route, by: gateway)
            }
        }
        configuration.routes = routes.list(configuration.routes) { $0.showing($1, to: secured) }
        configuration.streamRoutes = streams.list(configuration.streamRoutes) { $0.showing($1, to: secured) }
        forEachAttachment(of: &configuration) { route, kind, gateway in
            switch kind {
            case .requests: route = routes.position(of: route, for: gateway)
            case .streams: route = streams.position(of: route, for: gateway)
            }
        }
        configuration.backends = backends(configuration)
    }

    private enum Kind { case requests, streams }

    /// - Parameter body: gets the index of a route, and the Gateway with a certificate that the listener belongs to.
    private func forEachAttachment(
        of configuration: inout RoutingConfiguration, _ body: (inout Int, Kind, ObjectName?) -> Void
    ) {
        for port in configuration.ports.indices {
            for listener in configuration.ports[port].listeners.indices {
                let gateway = identity(configuration.ports[port].listeners[listener].id)
                for index in configuration.ports[port].listeners[listener].routes.indices {
                    body(&configuration.ports[port].listeners[listener].routes[index].route, .requests, gateway)
                }
            }
            for listener in configuration.ports[port].streams.indices {
                let stream = configuration.ports[port].streams[listener]
                // What is passed through is encrypted by the client, who shows its own certificate.
                let gateway = stream.mode == .passthrough ? nil : identity(stream.id)
                for index in stream.routes.indices {
                    body(&configuration.ports[port].streams[listener].routes[index].route, .streams, gateway)
                }
            }
            if var route = configuration.ports[port].datagrams?.route {
                body(&route, .streams, nil)
                configuration.ports[port].datagrams?.route = route
            }
        }
    }

    private func identity(_ listener: ListenerID) -> ObjectName? {
        certificates[listener.gateway] == nil ? nil : listener.gateway
    }

    /// Those that routes still lead to, and those of the Gateways.
    private func backends(_ configuration: RoutingConfiguration) -> [BackendConfiguration] {
        let used = Set(configuration.routes.flatMap(\.backendIDs) + configuration.streamRoutes.flatMap(\.backendIDs))
        var identities: [BackendID: [ObjectName]] = [:]
        for id in used {
            guard let identity = id.identity else { continue }
            identities[id.anonymous, default: []].append(identity)
        }
        return configuration.backends.flatMap { backend in
            let own = (identities[backend.id] ?? []).sorted().compactMap { identity -> BackendConfiguration? in
                var copy = backend
                copy.id.identity = identity
                copy.tls?.clientCertificate = certificates[identity]
                return copy
            }
            return (used.contains(backend.id) ? [backend] : []) + own
        }
    }
}

/// Which of a list of routes are needed how often.
private struct Variants {
    /// Whether a route leads to backends that certificates are shown to.
    private let isSecured: [Bool]
    private var uses: [Set<ObjectName?>]
    private var positions: [[ObjectName?: Int]] = []

    init(_ isSecured: [Bool]) {
        self.isSecured = isSecured
        uses = Array(repeating: [], count: isSecured.count)
    }

    mutating func use(_ route: Int, by gateway: ObjectName?) {
        uses[route].insert(isSecured[route] ? gateway : nil)
    }

    /// The routes as they are needed, in their order, those without identity first.
    mutating func list<Route>(_ routes: [Route], _ map: (Route, ObjectName) -> Route) -> [Route] {
        var list: [Route] = []
        list.reserveCapacity(routes.count)
        for (index, route) in routes.enumerated() {
            var positions: [ObjectName?: Int] = [:]
            if uses[index].contains(nil) || uses[index].isEmpty {
                positions[nil] = list.count
                list.append(route)
            }
            for gateway in uses[index].compactMap(\.self).sorted() {
                positions[gateway] = list.count
                list.append(map(route, gateway))
            }
            self.positions.append(positions)
        }
        return list
    }

    func position(of route: Int, for gateway: ObjectName?) -> Int {
        positions[route][gateway] ?? positions[route][nil] ?? route
    }
}

extension BackendID {
    /// Without the certificate of a Gateway.
    fileprivate var anonymous: BackendID {
        var id = self
        id.identity = nil
        return id
    }
}
