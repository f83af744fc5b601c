import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing

/// Routes of one rule each, ten a host, all to one Service.
private struct Cluster {
    var state = ClusterState()
    let settings = ReconcilerSettings(standalone: true)

    init(routes count: Int) {
        state.set(
            Gateway(
                metadata: ObjectMeta(name: "gateway", namespace: "bench"),
                spec: GatewaySpec(
                    gatewayClassName: "weir", listeners: [Listener(name: "http", port: 80, protocol: .http)])))
        state.set(
            Service(
                metadata: ObjectMeta(name: "up", namespace: "bench"), spec: ServiceSpec(ports: [ServicePort(port: 80)]))
        )
        state.set(
            EndpointSlice(
                metadata: ObjectMeta(
                    name: "up-1", namespace: "bench", labels: [EndpointSlice.serviceNameLabel: "up"]),
                addressType: .ipv4, endpoints: [SliceEndpoint(addresses: ["127.0.0.1"])],
                ports: [SlicePort(port: 8080)]))
        for number in 0..<count { change(number, version: 0) }
    }

    /// Gives a route another path.
    mutating func change(_ number: Int, version: Int) {
        let path = HTTPPathMatch(type: .pathPrefix, value: "/service/\(number)/v\(version)")
        let rule = HTTPRouteRule(
            matches: [HTTPRouteMatch(path: path)],
            backendRefs: [HTTPBackendRef(reference: BackendObjectReference(name: "up", port: 80))])
        state.set(
            HTTPRoute(
                metadata: ObjectMeta(name: "r\(number)", namespace: "bench", generation: Int64(version) + 1),
                spec: HTTPRouteSpec(
                    parentRefs: [ParentReference(name: "gateway")], hostnames: ["host-\(number / 10).example.com"],
                    rules: [rule])))
    }
}

func reportReconcile(routes count: Int) {
    var cluster = Cluster(routes: count)
    var memo = Memo()
    var outcome: Outcome?
    let first = (0..<3).map { _ in
        memo = Memo()
        return nanoseconds { outcome = reconcile(cluster.state, settings: cluster.settings, memo: &memo) }
    }
    precondition(outcome?.configuration.routes.count == count, "every route is served")
    report("reconcile \(count) routes from nothing", median(first) / 1e6, "ms")
    let again = (1...51).map { version in
        cluster.change(version * 97 % count, version: version)
        return nanoseconds { outcome = reconcile(cluster.state, settings: cluster.settings, memo: &memo) }
    }
    precondition(outcome?.configuration.routes.count == count, "every route is served")
    report("reconcile \(count) routes after one change", median(again) / 1e6, "ms")
}
