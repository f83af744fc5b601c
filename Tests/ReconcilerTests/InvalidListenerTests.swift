import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

/// Listeners that no file gets through validation.
@Suite struct InvalidListenerTests {
    private func outcome(_ listeners: Listener...) -> Outcome {
        var state = ClusterState()
        state.set(Objects.gateway(listeners: listeners))
        return state.outcome
    }

    @Test func `of two listeners with one hostname on one port neither is served`() {
        let outcome = outcome(
            Listener(name: "a", hostname: "a.example.com", port: 80, protocol: .http),
            Listener(name: "b", hostname: "A.example.com", port: 80, protocol: .http),
            Listener(name: "c", hostname: "c.example.com", port: 80, protocol: .http))
        for name in ["a", "b"] {
            #expect(outcome.listenerCondition(name, .conflicted)?.status == .true)
            for type in [ListenerConditionType.accepted, .programmed] {
                #expect(outcome.listenerCondition(name, type)?.status == .false)
                #expect(outcome.listenerCondition(name, type)?.reason == "HostnameConflict")
            }
        }
        #expect(outcome.listenerCondition("c", .conflicted) == nil)
        #expect(outcome.configuration.ports.first?.listeners.map(\.id.listener) == ["c"])
    }

    @Test(arguments: [ListenerProtocol.tcp, .udp])
    func `of two listeners that nothing tells apart neither is accepted`(_ transport: ListenerProtocol) {
        let outcome = outcome(
            Listener(name: "a", port: 90, protocol: transport), Listener(name: "b", port: 90, protocol: transport))
        #expect(outcome.listenerCondition("a", .accepted)?.reason == "ProtocolConflict")
        #expect(outcome.listenerCondition("b", .accepted)?.reason == "ProtocolConflict")
    }

    @Test func `a listener hostname that is an address takes no routes`() {
        var state = ClusterState()
        state.set(Objects.gateway(listeners: [Listener(name: "a", hostname: "10.0.0.1", port: 80, protocol: .http)]))
        state.set(Objects.service())
        state.set(Objects.route())
        let outcome = state.outcome
        #expect(outcome.listenerCondition("a", .accepted)?.reason == "UnsupportedValue")
        #expect(outcome.routeCondition(.accepted)?.reason == "NoMatchingListenerHostname")
        #expect(outcome.configuration.ports.isEmpty)
    }

    @Test func `HTTPS cannot be passed through`() {
        let tls = ListenerTLSConfig(mode: .passthrough)
        let outcome = outcome(Listener(name: "a", port: 443, protocol: .https, tls: tls))
        #expect(outcome.listenerCondition("a", .accepted)?.reason == "UnsupportedValue")
    }

    @Test(arguments: [FromNamespaces.none, .unrecognized("Some")])
    func `a listener whose admission is not understood admits nobody`(_ from: FromNamespaces) {
        var state = ClusterState.serving(Objects.rule())
        let routes = AllowedRoutes(namespaces: RouteNamespaces(from: from))
        state.set(Objects.gateway(listeners: [Listener(name: "a", port: 80, protocol: .http, allowedRoutes: routes)]))
        #expect(state.outcome.routeCondition(.accepted)?.reason == "NotAllowedByListeners")
    }
}
