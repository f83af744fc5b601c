import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

@Suite struct ClusterStateTests {
    @Test func `an object takes the place of the one with its name`() {
        var state = ClusterState.serving(Objects.rule())
        state.set(Objects.route(hostnames: ["a.example.com"]))
        let listener = state.outcome.configuration.ports.first?.listeners.first
        #expect(listener?.routes.flatMap(\.hostnames).map(\.description) == ["a.example.com"])
    }

    @Test func `a removed object is gone, an unknown one is not missed`() {
        var state = ClusterState.serving(Objects.rule())
        state.remove(ObjectKey(group: "", kind: "Service", namespace: "shop", name: "other"))
        state.remove(ObjectKey(group: "apps", kind: "Deployment", namespace: "shop", name: "app"))
        #expect(state.outcome == ClusterState.serving(Objects.rule()).outcome)
        state.remove(Objects.service().key)
        #expect(state.outcome.routeCondition(.resolvedRefs)?.reason == "BackendNotFound")
    }

    @Test func `a copy does not see later changes`() {
        var state = ClusterState.serving(Objects.rule())
        let copy = state
        state.remove(Objects.route().key)
        #expect(copy.outcome.configuration.routes.count == 1)
        #expect(state.outcome.configuration.routes.isEmpty)
    }

    @Test func `the order in which objects arrive means nothing`() {
        let routes = ["b", "a", "d", "c"].map { Objects.route($0) }
        var state = ClusterState.serving(Objects.rule())
        var reversed = state
        for route in routes { state.set(route) }
        for route in routes.reversed() { reversed.set(route) }
        #expect(state.outcome == reversed.outcome)
        #expect(state.outcome.configuration.routes.map(\.name.name) == ["a", "b", "c", "d", "route"])
    }
}
