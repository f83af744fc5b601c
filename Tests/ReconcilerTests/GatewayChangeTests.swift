import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

/// Conformance rows that change a live Gateway.
@Suite struct GatewayChangeTests {
    private var state = ClusterState()
    private var memo = Memo()
    private var settings = ReconcilerSettings(standalone: true)

    private mutating func outcome() -> Outcome { reconcile(state, settings: settings, memo: &memo) }

    private mutating func set(generation: Int64, _ listeners: Listener...) {
        var gateway = Objects.gateway(listeners: listeners)
        gateway.metadata.generation = generation
        state.set(gateway)
    }

    private static func http(_ name: String, _ hostname: String? = nil, port: UInt16 = 80) -> Listener {
        Listener(name: name, hostname: hostname, port: port, protocol: .http)
    }

    @Test
    mutating func `GatewayModifyListeners: a new listener takes the routes that are there, a removed one is gone`() {
        let https = Listener(
            name: "https", port: 443, protocol: .https,
            tls: ListenerTLSConfig(certificateRefs: [SecretObjectReference(name: "cert")]))
        state.set(Objects.service())
        state.set(Objects.route())
        set(generation: 1, https)
        #expect(outcome().statuses.gateways.first?.status.listeners.map(\.attachedRoutes) == [1])

        set(generation: 2, https, Self.http("http"))
        let added = outcome()
        #expect(added.statuses.gateways.first?.status.listeners.map(\.attachedRoutes) == [1, 1])
        #expect(added.listenerCondition("http", .accepted)?.status == .true)
        #expect(added.listenerCondition("https", .accepted)?.status == .true)
        #expect(added.configuration.ports.map(\.port) == [80])

        set(generation: 3, Self.http("http"))
        let removed = outcome()
        #expect(removed.statuses.gateways.first?.status.listeners.map(\.name) == ["http"])
        #expect(removed.statuses.gateways.first?.status.listeners.map(\.attachedRoutes) == [1])
        #expect(removed.configuration.ports == added.configuration.ports, "the other listener is not disturbed")
    }

    @Test mutating func `GatewayObservedGenerationBump: all conditions follow the generation at once`() {
        set(generation: 1, Self.http("http"))
        _ = outcome()
        set(generation: 2, Self.http("http"), Self.http("alternate", "foo.com"))
        guard let status = outcome().statuses.gateways.first?.status else { return #expect(Bool(false)) }
        let conditions = status.conditions + status.listeners.flatMap(\.conditions)
        #expect(conditions.count == 9)
        #expect(conditions.allSatisfy { $0.observedGeneration == 2 && $0.status == .true })
    }

    @Test mutating func `a ListenerSet whose rival disappears takes its place`() {
        func set(_ name: String) -> ListenerSet {
            ListenerSet(
                metadata: ObjectMeta(name: name, namespace: "shop"),
                spec: ListenerSetSpec(
                    parentRef: ParentGatewayReference(name: "web"), listeners: [Self.http("entry", "a.com")]))
        }
        var gateway = Objects.gateway(listeners: [Self.http("http", "gateway.com")])
        gateway.spec.allowedListeners = AllowedListeners(namespaces: ListenerNamespaces(from: .same))
        state.set(gateway)
        state.set(set("first"))
        state.set(set("second"))
        state.set(Objects.service())
        var route = Objects.route()
        route.spec.parentRefs = [ParentReference(kind: "ListenerSet", name: "second")]
        state.set(route)
        func accepted(_ outcome: Outcome) -> [Condition.Status?] {
            outcome.statuses.listenerSets.map { $0.status.conditions.first?.status }
        }
        let before = outcome()
        #expect(accepted(before) == [.true, .false])
        #expect(before.routeCondition(.accepted)?.status == .true, "the route waits for its listener")
        #expect(before.configuration.routes.isEmpty)
        state.remove(set("first").key)
        let after = outcome()
        #expect(accepted(after) == [.true])
        #expect(after.configuration.routes.count == 1)
    }

    @Test mutating func `sixty-four entries in each of many sets are all served`() {
        var gateway = Objects.gateway(listeners: [Self.http("http", "gateway.com")])
        gateway.spec.allowedListeners = AllowedListeners(namespaces: ListenerNamespaces(from: .all))
        state.set(gateway)
        for number in 0..<40 {
            state.set(
                ListenerSet(
                    metadata: ObjectMeta(name: "set-\(number)", namespace: "team-\(number)"),
                    spec: ListenerSetSpec(
                        parentRef: ParentGatewayReference(namespace: "shop", name: "web"),
                        listeners: (0..<64).map { Self.http("entry-\($0)", "h\($0).s\(number).com") })))
        }
        let outcome = outcome()
        #expect(outcome.configuration.ports.map(\.listeners.count) == [40 * 64 + 1])
        #expect(outcome.statuses.gateways.first?.status.attachedListenerSets == 40)
        #expect(outcome.statuses.gateways.first?.status.listeners.count == 1)
        #expect(outcome.statuses.listenerSets.allSatisfy { $0.status.listeners.count == 64 })
        #expect(outcome.diagnostics.isEmpty)
    }

    @Test mutating func `default Gateways take routes when they become default and let go when they are it no longer`()
    {
        var route = Objects.route()
        route.spec.parentRefs = []
        route.spec.useDefaultGateways = .all
        state.set(route)
        state.set(Objects.service())
        func parents(_ outcome: Outcome) -> [String] {
            outcome.statuses.httpRoutes.flatMap { $0.status.parents.map(\.parentRef.name) }
        }
        #expect(parents(outcome()) == [])
        var gateway = Objects.gateway()
        gateway.spec.defaultScope = .all
        state.set(gateway)
        #expect(parents(outcome()) == ["web"])
        gateway.spec.defaultScope = DefaultScope.none
        state.set(gateway)
        #expect(parents(outcome()) == [])
        gateway.spec.defaultScope = .all
        state.set(gateway)
        #expect(parents(outcome()) == ["web"])
        state.remove(gateway.key)
        #expect(parents(outcome()) == [])
    }
}
