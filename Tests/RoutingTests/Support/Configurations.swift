import Routing

// Short forms for configurations in tests.

/// A listener with routes, one port each call of `configuration`.
struct TestListener {
    var name: String
    var hostname: HostnamePattern
    var routes: [TestRoute]

    init(_ name: String, _ hostname: HostnamePattern, _ routes: [TestRoute]) {
        self.name = name
        self.hostname = hostname
        self.routes = routes
    }
}

/// A route of namespace `ns`, with the hostnames of its own (not yet intersected with a listener's).
struct TestRoute {
    var name: String
    var hostnames: [HostnamePattern]
    var rules: [RuleConfiguration]
    var kind: RouteConfiguration.Kind

    init(
        _ name: String, kind: RouteConfiguration.Kind = .http, hostnames: [HostnamePattern] = [.any],
        _ rules: [RuleConfiguration]
    ) {
        self.kind = kind
        self.name = name
        self.hostnames = hostnames
        self.rules = rules
    }
}

/// A pattern that the test knows to be valid; `*` is any.
func host(_ text: String) -> HostnamePattern {
    if text == "*" { return .any }
    guard let pattern = HostnamePattern(text) else { preconditionFailure("\(text) is no hostname") }
    return pattern
}

func rule(
    _ name: String, _ matches: [RequestMatch] = [RequestMatch()], filters: RuleFilters = RuleFilters(),
    action: RuleAction = .respond(status: 200)
) -> RuleConfiguration {
    RuleConfiguration(index: 0, name: name, matches: matches, filters: filters, action: action)
}

/// Routes are in conflict order as they are written, one after the other over all listeners.
func configuration(_ listeners: [TestListener], backends: [BackendConfiguration] = []) -> RoutingConfiguration {
    var routes: [RouteConfiguration] = []
    let compiled = listeners.map { listener in
        ListenerConfiguration(
            id: ListenerID(gateway: ObjectName(namespace: "ns", name: "gateway"), listener: listener.name),
            hostname: listener.hostname,
            routes: listener.routes.compactMap { route in
                let hostnames = route.hostnames.compactMap(listener.hostname.intersection)
                guard !hostnames.isEmpty else { return nil }
                routes.append(
                    RouteConfiguration(
                        kind: route.kind, name: ObjectName(namespace: "ns", name: route.name), rules: route.rules))
                return AttachedRoute(route: routes.count - 1, hostnames: hostnames)
            })
    }
    return RoutingConfiguration(
        ports: [PortConfiguration(port: 80, listeners: compiled)], routes: routes, backends: backends)
}

/// One listener for every host.
func table(_ routes: [TestRoute], backends: [BackendConfiguration] = []) -> RoutingTable {
    RoutingTable(configuration([TestListener("listener", .any, routes)], backends: backends))
}

/// One route for every host.
func table(_ rules: [RuleConfiguration], backends: [BackendConfiguration] = []) -> RoutingTable {
    table([TestRoute("r", rules)], backends: backends)
}

func exact(_ path: String) -> RequestMatch { RequestMatch(path: .exact(path)) }

func prefix(_ path: String) -> RequestMatch { RequestMatch(path: .prefix(path)) }

func expression(_ pattern: String) throws -> RequestMatch {
    RequestMatch(path: .regularExpression(try RegularExpression(pattern)))
}

func rpc(_ service: String?, _ method: String?, _ headers: [HeaderMatch] = []) -> RequestMatch {
    RequestMatch(path: .rpc(.exact(service: service, method: method)), headers: headers)
}

func rpcExpression(_ service: String?, _ method: String?, _ headers: [HeaderMatch] = []) throws -> RequestMatch {
    RequestMatch(
        path: .rpc(.regularExpression(try RPCExpression(service: service, method: method))),
        headers: headers)
}

func anyRPC(_ headers: [HeaderMatch] = []) -> RequestMatch {
    RequestMatch(path: .rpc(.any), headers: headers)
}

func header(_ name: String, _ value: String) -> HeaderMatch { HeaderMatch(name: name, value: .exact(value)) }

func parameter(_ name: String, _ value: String) -> QueryParameterMatch {
    QueryParameterMatch(name: name, value: .exact(value))
}
