import Explain
import Routing
import Testing

/// `namespace/name` in the namespace `ns`.
func name(_ name: String) -> ObjectName { ObjectName(namespace: "ns", name: name) }

func backend(_ service: String) -> BackendID { BackendID(service: name(service), port: 8080) }

func endpoint(_ address: String, _ condition: Endpoint.Condition = .ready) -> Endpoint {
    Endpoint(host: .address(address), port: 80, condition: condition)
}

func rule(
    _ index: Int = 0, _ matches: [RequestMatch] = [RequestMatch()], filters: RuleFilters = RuleFilters(),
    timeouts: RuleTimeouts = RuleTimeouts(), retry: RetryPolicy? = nil, to backends: [WeightedBackend]
) -> RuleConfiguration {
    RuleConfiguration(
        index: index, matches: matches, filters: filters, timeouts: timeouts, retry: retry, action: .forward(backends))
}

func weighted(_ weight: UInt32, _ service: String) -> WeightedBackend {
    WeightedBackend(weight: weight, destination: .backend(backend(service)))
}

/// One route `ns/route` on one listener `ns/gateway http`; `a` has two endpoints and one more that terminates, `b` one,
/// `empty` none.
func configuration(
    hostname: HostnamePattern = .any, port: UInt16 = 80, _ rules: [RuleConfiguration]
) -> RoutingConfiguration {
    RoutingConfiguration(
        ports: [
            PortConfiguration(
                port: port,
                listeners: [
                    ListenerConfiguration(
                        id: ListenerID(gateway: name("gateway"), listener: "http"), hostname: .any,
                        routes: [AttachedRoute(route: 0, hostnames: [hostname])])
                ])
        ], routes: [RouteConfiguration(name: name("route"), rules: rules)],
        backends: [
            BackendConfiguration(
                id: backend("a"),
                endpoints: [
                    endpoint("10.0.0.1"), endpoint("10.0.0.2"), endpoint("10.0.0.3", .servingTerminating),
                ]),
            BackendConfiguration(id: backend("b"), endpoints: [endpoint("10.0.1.1")]),
            BackendConfiguration(id: backend("empty"), endpoints: []),
        ])
}

func explain(
    _ configuration: RoutingConfiguration, _ url: String = "http://shop.example.com/", method: String = "GET",
    headers: [(String, String)] = [], settings: Explainer.Settings = Explainer.Settings()
) throws -> Explanation {
    let explainer = Explainer(
        configuration: configuration, table: RoutingTable(configuration), settings: settings)
    return explainer.explain(
        try ExplainRequest(
            method: method, url: try RequestURL(url),
            headers: headers.map { ExplainRequest.Field(name: $0.0, value: $0.1) }))
}

func pattern(_ text: String) throws -> HostnamePattern { try #require(HostnamePattern(text)) }
