import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

/// TLSRoutes, TCPRoutes and UDPRoutes, as far as files cannot say it: what changes, and what older versions left behind.
@Suite struct L4RouteTests {
    private static func tcpRoute(
        _ name: String, created: Int64? = nil, backends: [String] = ["app"], rules: Int = 1
    ) -> TCPRoute {
        let rule = L4RouteRule(
            backendRefs: backends.map { BackendRef(reference: BackendObjectReference(name: $0, port: 80)) })
        return TCPRoute(
            metadata: ObjectMeta(
                name: name, namespace: "shop", creationTimestamp: created.map { Timestamp(secondsSince1970: $0) }),
            spec: TCPRouteSpec(
                parentRefs: [ParentReference(name: "web")], rules: Array(repeating: rule, count: rules)))
    }

    private static func state(_ listeners: Listener...) -> ClusterState {
        var state = ClusterState()
        state.set(Objects.gateway(listeners: listeners))
        state.set(Objects.service())
        return state
    }

    private static let tcp = Listener(name: "tcp", port: 9000, protocol: .tcp)

    @Test func `the next route takes over when the oldest one goes`() {
        var (state, memo) = (Self.state(Self.tcp), Memo())
        func winner() -> String? {
            let configuration = reconcile(state, settings: ReconcilerSettings(standalone: true), memo: &memo)
                .configuration
            let first = configuration.ports.first?.streams.first?.routes.first?.route
            return first.map { configuration.streamRoutes[$0].name.name }
        }
        #expect(winner() == nil)
        state.set(Self.tcpRoute("second", created: 2))
        #expect(winner() == "second")
        state.set(Self.tcpRoute("first", created: 1))
        #expect(winner() == "first")
        state.set(Self.tcpRoute("zero", created: 2))
        #expect(winner() == "first")
        state.remove(Self.tcpRoute("first").key)
        #expect(winner() == "second")
        state.set(Self.tcpRoute("second", created: 3))
        #expect(winner() == "zero")
    }

    @Test func `a route whose backends cannot be used keeps its listener`() throws {
        var state = Self.state(Self.tcp)
        state.set(Self.tcpRoute("a", backends: ["missing"]))
        state.set(Self.tcpRoute("b"))
        let configuration = state.outcome.configuration
        let first = try #require(configuration.ports.first?.streams.first?.routes.first)
        #expect(configuration.streamRoutes[first.route].backends.map(\.destination) == [.invalid])
    }

    @Test func `rules beyond the first are ignored, and their author is told`() throws {
        var state = Self.state(Self.tcp)
        state.set(Self.tcpRoute("route", rules: 3))
        let outcome = state.outcome
        #expect(outcome.configuration.streamRoutes.map(\.backends.count) == [1])
        #expect(outcome.diagnostics.map(\.path.description) == ["spec.rules[1]", "spec.rules[2]"])
        #expect(outcome.diagnostics.allSatisfy { $0.severity == .warning })
    }

    @Test func `a TLSRoute without hostnames, as older versions allowed, takes those of the listener`() {
        var state = Self.state(
            Listener(
                name: "tls", hostname: "*.example.com", port: 443, protocol: .tls,
                tls: ListenerTLSConfig(mode: .passthrough)))
        state.set(
            TLSRoute(
                metadata: ObjectMeta(name: "route", namespace: "shop"),
                spec: TLSRouteSpec(
                    parentRefs: [ParentReference(name: "web")], hostnames: [],
                    rules: [L4RouteRule(backendRefs: [])])))
        let outcome = state.outcome
        let hostnames = outcome.configuration.ports.first?.streams.first?.routes.first?.hostnames
        #expect(hostnames?.map(\.description) == ["*.example.com"])
        #expect(outcome.configuration.streamRoutes.map(\.backends) == [[]])
    }

    @Test(arguments: [
        (nil, ListenerConditionReason.invalid), (ListenerTLSConfig(mode: .unrecognized("Peek")), .unsupportedValue),
        (ListenerTLSConfig(mode: .terminate), .unsupportedValue),
    ])
    func `a TLS listener has to say what becomes of TLS`(tls: ListenerTLSConfig?, reason: ListenerConditionReason) {
        let state = Self.state(Listener(name: "tls", port: 443, protocol: .tls, tls: tls), Self.tcp)
        let accepted = state.outcome.listenerCondition("tls", .accepted)
        #expect(accepted?.status == .false)
        #expect(accepted?.reason == reason.rawValue)
        #expect(state.outcome.configuration.ports.map(\.port) == [9000])
    }

    @Test func `routes of different kinds may have one name`() {
        var state = Self.state(Self.tcp, Listener(name: "http", port: 80, protocol: .http))
        state.set(Self.tcpRoute("route"))
        state.set(Objects.route("route"))
        let outcome = state.outcome
        #expect(outcome.configuration.routes.count == 1)
        #expect(outcome.configuration.streamRoutes.count == 1)
        #expect(outcome.statuses.httpRoutes.count == 1)
        #expect(outcome.statuses.tcpRoutes.count == 1)
        #expect(outcome.statuses.gateways.first?.status.listeners.map(\.attachedRoutes) == [1, 1])
    }
}
