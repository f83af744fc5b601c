import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

@Suite struct BackendTLSTests {
    private static let authority = ConfigMap(
        metadata: ObjectMeta(name: "ca", namespace: "shop"), data: ["ca.crt": TestCertificates.authority])

    /// Gateways, each with a port of its own, and one route to Service `app`, which has a policy.
    private func state(_ certificates: [(gateway: String, secret: String?)], route: HTTPRoute? = nil) -> ClusterState {
        var state = ClusterState()
        for (index, entry) in certificates.enumerated() {
            var gateway = Objects.gateway(
                entry.gateway, listeners: [Listener(name: "http", port: UInt16(80 + index), protocol: .http)])
            if let secret = entry.secret {
                gateway.spec.tls = GatewayTLSConfig(
                    backend: GatewayBackendTLS(clientCertificateRef: SecretObjectReference(name: secret)))
            }
            state.set(gateway)
        }
        var common = route ?? Objects.route()
        common.spec.parentRefs = certificates.map { ParentReference(name: $0.gateway) }
        state.set(common)
        state.set(Objects.service())
        state.set(Objects.service("plain"))
        state.set(Objects.backendTLSPolicy())
        state.set(Self.authority)
        state.set(Objects.tlsSecret("www", TestCertificates.www, TestCertificates.wwwKey))
        state.set(Objects.tlsSecret("other", TestCertificates.other, TestCertificates.otherKey))
        return state
    }

    /// All backends that requests through the port can reach.
    private func backends(_ outcome: Outcome, port: UInt16) -> [BackendConfiguration] {
        let configuration = outcome.configuration
        let rules = configuration.ports.filter { $0.port == port }.flatMap(\.listeners).flatMap(\.routes)
            .flatMap { configuration.routes[$0.route].rules }
        let ids = rules.flatMap { rule -> [BackendID] in
            var ids = rule.filters.mirrors.map(\.backend)
            if let auth = rule.filters.externalAuth?.backend { ids.append(auth) }
            guard case .forward(let backends) = rule.action else { return ids }
            return ids
                + backends.compactMap { backend in
                    if case .backend(let id) = backend.destination { id } else { nil }
                }
        }
        return ids.compactMap { id in configuration.backends.first { $0.id == id } }
    }

    private func chains(_ outcome: Outcome, port: UInt16) -> [[UInt8]?] {
        backends(outcome, port: port).map { $0.tls?.clientCertificate?.chain }
    }

    private let www = Array(TestCertificates.www.utf8)
    private let other = Array(TestCertificates.other.utf8)

    @Test func `every Gateway shows its own certificate, and those without none`() {
        let outcome = state([("a", "www"), ("b", "other"), ("c", nil)]).outcome
        #expect(chains(outcome, port: 80) == [www])
        #expect(chains(outcome, port: 81) == [other])
        #expect(chains(outcome, port: 82) == [nil])
        #expect(outcome.configuration.backends.count == 3)
        #expect(Set(outcome.configuration.backends.map(\.id.identity?.name)) == ["a", "b", nil])
        #expect(outcome.configuration.routes.map(\.name.name) == ["route", "route", "route"])
    }

    @Test func `a backend that nobody reaches without a certificate does not exist without`() {
        let outcome = state([("a", "www")]).outcome
        #expect(outcome.configuration.backends.map(\.id.identity?.name) == ["a"])
        #expect(outcome.configuration.routes.count == 1)
    }

    @Test func `mirrors and authorization servers are shown it too, and plain backends are shared`() {
        let plain = BackendObjectReference(name: "plain", port: 80)
        let secured = BackendObjectReference(name: "app", port: 80)
        let rule = HTTPRouteRule(
            filters: [
                .init(type: .requestMirror, requestMirror: .init(backendRef: secured)),
                .init(type: .externalAuth, externalAuth: .init(protocol: .http, backendRef: secured)),
            ], backendRefs: [HTTPBackendRef(reference: plain)])
        let outcome = state([("a", "www"), ("b", "other")], route: Objects.route(rules: [rule])).outcome
        #expect(chains(outcome, port: 80) == [www, www, nil])
        #expect(chains(outcome, port: 81) == [other, other, nil])
        #expect(outcome.configuration.backends.count { $0.id.service.name == "plain" } == 1)
    }

    @Test func `routes to plain backends stand in the configuration once`() {
        var state = state([("a", "www"), ("b", "other")])
        state.remove(Objects.backendTLSPolicy().key)
        #expect(state.outcome.configuration.routes.count == 1)
        #expect(state.outcome.configuration.backends.map(\.id.identity) == [nil])
    }

    @Test func `a certificate that cannot be used is not shown, and harms nothing else`() {
        var state = state([("a", "www"), ("b", "www")])
        state.set(Objects.tlsSecret("www", TestCertificates.www, TestCertificates.otherKey))
        let outcome = state.outcome
        #expect(chains(outcome, port: 80) == [nil])
        let conditions = outcome.statuses.gateways.first?.status.conditions
        #expect(conditions?.first { $0.type == "ResolvedRefs" }?.reason == "InvalidClientCertificateRef")
        #expect(conditions?.first { $0.type == "Accepted" }?.reason == "Accepted")
        #expect(conditions?.first { $0.type == "Programmed" }?.status == .true)
    }

    @Test func `a certificate that is exchanged is shown at once`() {
        let settings = ReconcilerSettings(standalone: true)
        var (state, memo) = (state([("a", "www"), ("b", nil)]), Memo())
        _ = reconcile(state, settings: settings, memo: &memo)
        state.set(Objects.tlsSecret("www", TestCertificates.other, TestCertificates.otherKey))
        let outcome = reconcile(state, settings: settings, memo: &memo)
        #expect(chains(outcome, port: 80) == [other])
        #expect(chains(outcome, port: 81) == [nil])
    }

    @Test func `an XBackend is shown the certificate that it asks for, whatever the Gateway has`() {
        let reference = BackendObjectReference(
            group: experimentalGatewayAPIGroup, kind: "XBackend", name: "api", port: 443)
        let rule = HTTPRouteRule(backendRefs: [HTTPBackendRef(reference: reference)])
        var state = state([("a", "www")], route: Objects.route(rules: [rule]))
        func set(_ tls: XBackendTLS) {
            state.set(
                XBackend(
                    metadata: ObjectMeta(name: "api", namespace: "shop"),
                    spec: XBackendSpec(
                        externalHostname: .init(hostname: "api.example.com"), port: XBackendPort(port: 443),
                        protocol: .http, tls: tls)))
        }
        set(XBackendTLS(mode: .serverOnly))
        #expect(
            backends(state.outcome, port: 80).map(\.tls)
                == [BackendTLS(serverName: "api.example.com", trust: .system)])
        set(XBackendTLS(mode: .clientAndServer, clientCertificateRef: SecretObjectReference(name: "other")))
        #expect(chains(state.outcome, port: 80) == [other])
        set(XBackendTLS(mode: .clientAndServer, clientCertificateRef: SecretObjectReference(name: "none")))
        #expect(backends(state.outcome, port: 80).isEmpty)
        #expect(state.outcome.routeCondition(.resolvedRefs)?.reason == "UnsupportedProtocol")
    }

    @Test func `options of a policy choose the version, and one that cannot be had voids the policy`() {
        var policy = Objects.backendTLSPolicy()
        var state = state([("a", nil)])
        policy.spec.options = ["gateway.weir.dev/min-tls-version": "1.3", "example.com/x": "y"]
        state.set(policy)
        #expect(state.outcome.configuration.backends.map(\.tls?.options.minimumVersion) == [.tls13])
        #expect(state.outcome.policyCondition(.accepted)?.reason == "Accepted")
        policy.spec.options = ["gateway.weir.dev/min-tls-version": "1.4"]
        state.set(policy)
        #expect(state.outcome.configuration.backends.map(\.tls?.trust) == [.authorities([])])
        #expect(state.outcome.policyCondition(.accepted)?.reason == "Invalid")
    }

    @Test func `a policy that comes before or after its route never leaves a moment in plain text`() {
        let settings = ReconcilerSettings(standalone: true)
        let complete = state([("a", nil)])
        let parts: [(inout ClusterState) -> Void] = [
            { $0.set(Objects.route(gateway: "a")) }, { $0.set(Objects.service()) }, { $0.set(Self.authority) },
        ]
        for first in parts.indices {
            var state = complete
            var memo = Memo()
            state.remove(Objects.route().key)
            state.remove(Objects.service().key)
            state.remove(Self.authority.key)
            for step in parts.indices {
                parts[(first + step) % parts.count](&state)
                let outcome = reconcile(state, settings: settings, memo: &memo)
                for backend in outcome.configuration.backends { #expect(backend.tls != nil) }
            }
            #expect(memo.servedBackends(state, settings) == 1)
        }
    }
}

extension Memo {
    fileprivate mutating func servedBackends(_ state: ClusterState, _ settings: ReconcilerSettings) -> Int {
        reconcile(state, settings: settings, memo: &self).configuration.backends.count
    }
}
