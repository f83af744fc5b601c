import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

/// The part of `MemoTests` that is about policies, XBackends, mirrors and authorization servers.
@Suite struct PolicyMemoTests {
    @Test(arguments: 0..<25 as Range<UInt64>)
    func `a memo changes nothing but the time it takes`(_ seed: UInt64) throws {
        var world = PolicyWorld(seed: seed)
        var memo = Memo()
        let settings = ReconcilerSettings(standalone: true, externalNameServices: .allowed)
        for step in 0..<60 {
            world.change()
            let outcome = reconcile(world.state, settings: settings, memo: &memo)
            let fresh = reconcile(world.state, settings: settings)
            try #require(outcome == fresh, "step \(step)")
        }
    }

    @Test func `the changing world is one where policies matter`() {
        var (policies, sessions, budgets, mirrors, external, identities) = (0, 0, 0, 0, 0, 0)
        for seed in 0..<10 as Range<UInt64> {
            var world = PolicyWorld(seed: seed)
            for _ in 0..<60 {
                world.change()
                let outcome = world.state.outcome
                policies += outcome.statuses.backendTLSPolicies.count + outcome.statuses.xBackendTrafficPolicies.count
                budgets += outcome.configuration.backends.filter { $0.retryBudget != nil }.count
                identities += outcome.configuration.backends.filter { $0.id.identity != nil }.count
                external += outcome.statuses.xBackends.count
                for rule in outcome.configuration.routes.flatMap(\.rules) {
                    mirrors += rule.filters.mirrors.count
                    if case .forward(let backends) = rule.action {
                        sessions += backends.filter { $0.session != nil }.count
                    }
                }
            }
        }
        for count in [policies, sessions, budgets, mirrors, external, identities] { #expect(count > 100) }
    }

    /// Applies a change after a first outcome and returns what differs from then on.
    private func after(
        _ state: inout ClusterState, _ change: (inout ClusterState) -> Void
    ) -> (before: Outcome, after: Outcome) {
        let settings = ReconcilerSettings(standalone: true)
        var memo = Memo()
        let before = reconcile(state, settings: settings, memo: &memo)
        change(&state)
        return (before, reconcile(state, settings: settings, memo: &memo))
    }

    @Test func `a route follows the policies on its backend`() {
        var state = ClusterState.serving(Objects.rule())
        let policy = Objects.backendTLSPolicy()
        let (before, after) = after(&state) { $0.set(policy) }
        #expect(before.configuration.backends.map(\.tls) == [nil])
        #expect(after.configuration.backends.map(\.tls?.serverName) == ["app.example.com"])
        // Its CA certificates do not exist.
        #expect(after.configuration.backends.map(\.tls?.trust) == [.authorities([])])
        let (_, restored) = self.after(&state) { $0.remove(policy.key) }
        #expect(restored.configuration == before.configuration)
    }

    @Test func `a policy that moves to another Service frees the first`() {
        var state = ClusterState.serving(Objects.rule())
        state.set(Objects.backendTLSPolicy())
        state.set(Objects.service("other"))
        let (before, after) = after(&state) { $0.set(Objects.backendTLSPolicy(service: "other")) }
        #expect(before.configuration.backends.map { $0.tls == nil } == [false])
        #expect(after.configuration.backends.map(\.tls) == [nil])
    }

    @Test func `a policy follows its CA certificates`() {
        var state = ClusterState.serving(Objects.rule())
        state.set(Objects.backendTLSPolicy())
        let metadata = ObjectMeta(name: "ca", namespace: "shop")
        let pem = TestCertificates.authority
        let (before, after) = after(&state) { $0.set(ConfigMap(metadata: metadata, data: ["ca.crt": pem])) }
        #expect(before.policyCondition(.accepted)?.reason == "NoValidCACertificate")
        #expect(before.policyCondition(.resolvedRefs)?.reason == "InvalidCACertificateRef")
        #expect(after.policyCondition(.accepted)?.reason == "Accepted")
        #expect(
            after.configuration.backends.map(\.tls?.trust)
                == [.authorities([Array(TestCertificates.authority.utf8)])])
        let (_, blanked) = self.after(&state) { $0.set(ConfigMap(metadata: metadata, data: ["ca.crt": ""])) }
        #expect(blanked.policyCondition(.accepted)?.reason == "NoValidCACertificate")
        #expect(blanked.configuration.backends.map(\.tls?.trust) == [.authorities([])])
    }

    @Test func `a policy follows the routes to its Service`() {
        var state = ClusterState.serving(Objects.rule())
        state.set(Objects.backendTLSPolicy())
        let (before, after) = after(&state) { $0.remove(Objects.route().key) }
        #expect(before.statuses.backendTLSPolicies.count == 1)
        #expect(after.statuses.backendTLSPolicies.isEmpty)
    }

    @Test func `a retry budget changes no route`() {
        var state = ClusterState.serving(Objects.rule())
        let metadata = ObjectMeta(name: "p", namespace: "shop")
        let target = LocalPolicyTargetReference(group: "", kind: "Service", name: "app")
        let policy = XBackendTrafficPolicy(
            metadata: metadata, spec: .init(targetRefs: [target], retryConstraint: RetryConstraint()))
        let (before, after) = after(&state) { $0.set(policy) }
        #expect(before.configuration.backends.map(\.retryBudget) == [nil])
        #expect(after.configuration.backends.map(\.retryBudget) == [RetryBudget()])
        #expect(before.configuration.routes == after.configuration.routes)
    }

    @Test(arguments: [
        HTTPRouteFilter(
            type: .requestMirror, requestMirror: .init(backendRef: BackendObjectReference(name: "late", port: 80))),
        HTTPRouteFilter(
            type: .externalAuth,
            externalAuth: .init(protocol: .http, backendRef: BackendObjectReference(name: "late", port: 80))),
    ])
    func `a route follows the backends of its filters`(_ filter: HTTPRouteFilter) {
        var state = ClusterState.serving(Objects.rule(filters: [filter]))
        let (before, after) = after(&state) { $0.set(Objects.service("late")) }
        #expect(before.routeCondition(.resolvedRefs)?.reason == "BackendNotFound")
        #expect(after.routeCondition(.resolvedRefs)?.status == .true)
        #expect(after.configuration.backends.map(\.id.service.name) == ["app", "late"])
    }
}

/// One Gateway and routes to a few backends, whose policies may change at any time.
private struct PolicyWorld {
    var state = ClusterState()
    private var random: SplitMix64

    private static let names = ["one", "two", "three"]

    init(seed: UInt64) {
        random = SplitMix64(state: seed)
        for name in ["web", "edge"] { state.set(gateway(name)) }
        for name in Self.names { state.set(secret(ObjectMeta(name: name, namespace: "shop"))) }
        for _ in 0..<60 { change() }
    }

    mutating func change() {
        let metadata = ObjectMeta(
            name: pick(Self.names), namespace: pick(["shop", "infra"]),
            creationTimestamp: chance(2) ? Timestamp(secondsSince1970: Int64.random(in: 1...3, using: &random)) : nil)
        switch Int.random(in: 0..<21, using: &random) {
        case 0, 1, 2, 3: state.set(route(metadata))
        case 18: state.set(tcpRoute(metadata))
        case 19: state.set(tlsRoute(metadata))
        case 4, 5: state.set(Service(metadata: metadata, spec: ServiceSpec(ports: ports())))
        case 6: state.set(xBackend(metadata))
        case 7, 8: state.set(tlsPolicy(metadata))
        case 9: state.set(trafficPolicy(metadata))
        case 10:
            let text = pick(["", TestCertificates.authority])
            state.set(ConfigMap(metadata: metadata, data: ["ca.crt": text]))
        case 11:
            let from = pick([
                ReferenceGrantFrom(group: gatewayAPIGroup, kind: "HTTPRoute", namespace: "shop"),
                ReferenceGrantFrom(group: experimentalGatewayAPIGroup, kind: "XBackend", namespace: "infra"),
            ])
            state.set(
                ReferenceGrant(
                    metadata: metadata,
                    spec: .init(from: [from], to: [ReferenceGrantTo(group: "", kind: pick(["Service", "Secret"]))])))
        case 12: state.set(gateway(pick(["web", "edge"])))
        case 13: state.set(secret(metadata))
        default:
            let kinds = [
                HTTPRoute.groupKind, Service.groupKind, XBackend.groupKind, BackendTLSPolicy.groupKind,
                XBackendTrafficPolicy.groupKind, ConfigMap.groupKind, ReferenceGrant.groupKind,
                BackendTLSPolicy.groupKind, Secret.groupKind, TCPRoute.groupKind, TLSRoute.groupKind,
            ]
            state.remove(ObjectKey(pick(kinds), namespace: metadata.namespace, name: metadata.name))
        }
    }

    private mutating func gateway(_ name: String) -> Gateway {
        let routes = AllowedRoutes(namespaces: RouteNamespaces(from: .all))
        var gateway = Objects.gateway(
            name,
            listeners: [
                Listener(name: "http", port: name == "web" ? 80 : 81, protocol: .http, allowedRoutes: routes),
                Listener(name: "tcp", port: name == "web" ? 90 : 91, protocol: .tcp, allowedRoutes: routes),
                Listener(
                    name: "tls", port: name == "web" ? 443 : 444, protocol: .tls,
                    tls: chance(3)
                        ? ListenerTLSConfig(mode: .passthrough)
                        : ListenerTLSConfig(certificateRefs: [SecretObjectReference(name: pick(Self.names))]),
                    allowedRoutes: routes),
            ])
        if chance(2) {
            let reference = SecretObjectReference(name: pick(Self.names))
            gateway.spec.tls = GatewayTLSConfig(backend: GatewayBackendTLS(clientCertificateRef: reference))
        }
        return gateway
    }

    private mutating func secret(_ metadata: ObjectMeta) -> Secret {
        var secret = pick([
            Objects.tlsSecret("", TestCertificates.www, TestCertificates.wwwKey),
            Objects.tlsSecret("", TestCertificates.other, TestCertificates.otherKey),
            Objects.tlsSecret("", TestCertificates.other, TestCertificates.wwwKey),
        ])
        secret.metadata = metadata
        return secret
    }

    private mutating func route(_ metadata: ObjectMeta) -> HTTPRoute {
        let rules = (0..<Int.random(in: 1...2, using: &random)).map { _ in
            var filters: [HTTPRouteFilter] = []
            if chance(2) { filters.append(.init(type: .requestMirror, requestMirror: .init(backendRef: reference()))) }
            if chance(4) {
                filters.append(
                    .init(type: .externalAuth, externalAuth: .init(protocol: .http, backendRef: reference())))
            }
            let session = chance(6) ? SessionPersistence(sessionName: pick([nil, "a", "a b"])) : nil
            let references = [HTTPBackendRef(reference: reference()), HTTPBackendRef(reference: reference())]
            return HTTPRouteRule(filters: filters, backendRefs: references, sessionPersistence: session)
        }
        return HTTPRoute(metadata: metadata, spec: HTTPRouteSpec(parentRefs: parents(), rules: rules))
    }

    private mutating func parents() -> [ParentReference] {
        pick([["web"], ["web"], ["edge"], ["web", "edge"]])
            .map { ParentReference(namespace: "shop", name: $0, sectionName: chance(8) ? "none" : nil) }
    }

    private mutating func l4Rules() -> [L4RouteRule] {
        [L4RouteRule(backendRefs: [BackendRef(reference: reference()), BackendRef(reference: reference())])]
    }

    private mutating func tcpRoute(_ metadata: ObjectMeta) -> TCPRoute {
        TCPRoute(metadata: metadata, spec: TCPRouteSpec(parentRefs: parents(), rules: l4Rules()))
    }

    private mutating func tlsRoute(_ metadata: ObjectMeta) -> TLSRoute {
        let hostnames = [pick(["a.example.com", "b.example.com"])]
        return TLSRoute(
            metadata: metadata, spec: TLSRouteSpec(parentRefs: parents(), hostnames: hostnames, rules: l4Rules()))
    }

    private mutating func reference() -> BackendObjectReference {
        chance(4)
            ? BackendObjectReference(
                group: experimentalGatewayAPIGroup, kind: "XBackend", name: pick(Self.names),
                namespace: pick([nil, nil, "infra"]))
            : BackendObjectReference(
                name: pick(Self.names), namespace: pick([nil, nil, "infra"]), port: pick([80, 80, 81]))
    }

    private mutating func ports() -> [ServicePort] {
        pick([
            [ServicePort(port: 80)],
            [ServicePort(name: "x", port: 80), ServicePort(name: "y", port: 81, appProtocol: "kubernetes.io/h2c")],
            [ServicePort(name: "x", port: 80, protocol: .udp), ServicePort(name: "y", port: 81)],
        ])
    }

    private mutating func xBackend(_ metadata: ObjectMeta) -> XBackend {
        XBackend(
            metadata: metadata,
            spec: XBackendSpec(
                externalHostname: .init(hostname: pick(["a.example.com", "b.example.com", "localhost"])),
                port: XBackendPort(port: pick([80, 81])), tls: chance(2) ? xBackendTLS() : nil))
    }

    private mutating func xBackendTLS() -> XBackendTLS {
        if chance(2) { return XBackendTLS(mode: .serverOnly) }
        return XBackendTLS(
            mode: .clientAndServer,
            clientCertificateRef: SecretObjectReference(name: pick(Self.names), namespace: pick([nil, "shop"])),
            validation: .init(
                caCertificateRefs: [
                    .init(group: "", kind: pick(["ConfigMap", "Secret"]), name: pick(Self.names))
                ], hostname: "a.example.com"))
    }

    private mutating func tlsPolicy(_ metadata: ObjectMeta) -> BackendTLSPolicy {
        let targets = (0..<Int.random(in: 1...2, using: &random)).map { _ in
            LocalPolicyTargetReferenceWithSectionName(
                group: "", kind: "Service", name: pick(Self.names), sectionName: pick([nil, "x", "y"]))
        }
        return BackendTLSPolicy(
            metadata: metadata,
            spec: .init(
                targetRefs: targets,
                validation: .init(
                    caCertificateRefs: [.init(group: "", kind: "ConfigMap", name: pick(Self.names))],
                    hostname: pick(["a.example.com", "10.0.0.1"]))))
    }

    private mutating func trafficPolicy(_ metadata: ObjectMeta) -> XBackendTrafficPolicy {
        let targets = (0..<Int.random(in: 1...2, using: &random)).map { _ in
            chance(4)
                ? LocalPolicyTargetReference(
                    group: experimentalGatewayAPIGroup, kind: "XBackend", name: pick(Self.names))
                : LocalPolicyTargetReference(group: "", kind: "Service", name: pick(Self.names))
        }
        return XBackendTrafficPolicy(
            metadata: metadata,
            spec: .init(
                targetRefs: targets, retryConstraint: chance(2) ? RetryConstraint() : nil,
                sessionPersistence: chance(2) ? SessionPersistence(sessionName: pick([nil, "a", "a b"])) : nil))
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }

    private mutating func chance(_ sides: Int) -> Bool {
        Int.random(in: 0..<sides, using: &random) == 0
    }
}
