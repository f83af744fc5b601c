import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

@Suite struct SummaryTests {
    @Test func `the summary tells what is served and what is not`() throws {
        var state = ClusterState.serving(Objects.rule())
        state.set(
            Objects.gateway(listeners: [
                Listener(name: "http", hostname: "*.example.com", port: 80, protocol: .http),
                Listener(name: "other", port: 90, protocol: .unrecognized("QUIC")),
            ]))
        state.set(Objects.route("lost", hostnames: ["example.net"]))
        let summary = state.outcome.summary
        let gateway = try #require(summary.gateways.first)
        #expect(gateway.name == ObjectName(namespace: "shop", name: "web"))
        #expect(gateway.gatewayClassName == "weir")
        #expect(gateway.problems == [])
        #expect(gateway.listeners.map(\.name) == ["http", "other"])
        #expect(gateway.listeners.map(\.hostname.description) == ["*.example.com", "*"])
        #expect(gateway.listeners.map(\.attachedRoutes) == [1, 0])
        #expect(gateway.listeners.map(\.isServed) == [true, false])
        #expect(gateway.listeners[0].problems == [])
        #expect(gateway.listeners[1].problems.count == 1)
        #expect(summary.routes.map(\.name.name) == ["lost"])
        #expect(summary.routes.first?.problems.count == 1)
    }

    @Test func `nothing follows from nothing`() {
        let outcome = ClusterState().outcome
        #expect(outcome.configuration == .empty)
        #expect(outcome.statuses.gateways.isEmpty)
        #expect(outcome.diagnostics.isEmpty)
        #expect(outcome.summary.gateways.isEmpty)
    }

    @Test func `Services of routes that nobody serves need no endpoints`() {
        var state = ClusterState.serving(Objects.rule())
        #expect(state.outcome.backendsWithoutEndpoints.map(\.description) == ["shop/app:80"])
        state.remove(Objects.gateway().key)
        #expect(state.outcome.backendsWithoutEndpoints.isEmpty)
    }
}
