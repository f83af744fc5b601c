import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

/// With whatever memo, the outcome is that of an empty one.
@Suite struct MemoTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a memo changes nothing but the time it takes`(_ seed: UInt64) throws {
        var world = ChangingWorld(seed: seed)
        var memo = Memo()
        for step in 0..<60 {
            world.change()
            let outcome = reconcile(world.state, settings: world.settings, memo: &memo)
            let fresh = reconcile(world.state, settings: world.settings)
            try #require(outcome.differences(from: fresh) == [], "step \(step)")
        }
    }

    @Test func `endpoints follow overrides and slices while no route changes`() {
        var (state, memo) = (ClusterState.serving(Objects.rule()), Memo())
        var settings = ReconcilerSettings(standalone: true)
        func addresses() -> [Endpoint.Host] {
            let outcome = reconcile(state, settings: settings, memo: &memo)
            return outcome.configuration.backends.flatMap(\.endpoints).map(\.host)
        }
        #expect(addresses() == [])
        state.set(Objects.slice("app-2", addresses: ["10.0.0.2"]))
        #expect(addresses() == [.address("10.0.0.2")])
        state.set(Objects.slice("app-1", addresses: ["10.0.0.1"]))
        #expect(addresses() == [.address("10.0.0.1"), .address("10.0.0.2")])
        let id = BackendID(service: ObjectName(namespace: "shop", name: "app"), port: 80)
        settings.backendOverrides = [id: [Endpoint(host: .address("127.0.0.1"), port: 3000)]]
        #expect(addresses() == [.address("127.0.0.1")])
        settings.backendOverrides = [:]
        state.remove(Objects.slice("app-1", addresses: []).key)
        #expect(addresses() == [.address("10.0.0.2")])
    }

    @Test func `a backend that was given up can be taken up again`() {
        var (state, memo) = (ClusterState.serving(Objects.rule()), Memo())
        let settings = ReconcilerSettings(standalone: true)
        for hostname in ["a.example.com", "b.example.com"] {
            state.remove(Objects.route().key)
            #expect(reconcile(state, settings: settings, memo: &memo).configuration.backends.isEmpty)
            state.set(Objects.route(hostnames: [hostname]))
            #expect(reconcile(state, settings: settings, memo: &memo).configuration.backends.count == 1)
        }
    }

    @Test func `the changing world is one where things are served`() {
        var (served, streams, refused) = (0, 0, 0)
        for seed in 0..<20 as Range<UInt64> {
            var world = ChangingWorld(seed: seed)
            for _ in 0..<60 {
                world.change()
                let outcome = reconcile(world.state, settings: world.settings)
                served += outcome.configuration.backends.filter { !$0.endpoints.isEmpty }.count
                streams += outcome.configuration.streamRoutes.count
                refused += outcome.summary.routes.count
            }
        }
        #expect(served > 100)
        #expect(streams > 100)
        #expect(refused > 150)
    }
}

extension Outcome {
    /// Short enough to be read.
    fileprivate func differences(from other: Outcome) -> [String] {
        func lines(_ outcome: Outcome) -> [String] {
            let (configuration, statuses) = (outcome.configuration, outcome.statuses)
            return configuration.ports.map { "\($0)" } + configuration.routes.map { "\($0)" }
                + configuration.backends.map { "\($0)" } + statuses.gateways.map { "\($0)" }
                + statuses.gatewayClasses.map { "\($0)" } + statuses.listenerSets.map { "\($0)" }
                + (statuses.httpRoutes + statuses.grpcRoutes + statuses.tlsRoutes + statuses.tcpRoutes
                + statuses.udpRoutes).map { "\($0)" }
                + configuration.streamRoutes.map { "\($0)" } + outcome.diagnostics.map { "\($0)" }
                + outcome.summary.gateways.map { "\($0)" } + outcome.summary.routes.map { "\($0)" }
                + outcome.backendsWithoutEndpoints.map { "\($0)" }
        }
        if self == other { return [] }
        let (own, others) = (lines(self), lines(other))
        let surplus = own.filter { !others.contains($0) }.map { "only with the memo: \($0)" }
        let missing = others.filter { !own.contains($0) }.map { "only without: \($0)" }
        return surplus + missing + (surplus.isEmpty && missing.isEmpty ? ["another order, or policies"] : [])
    }
}

/// A small cluster in which anything may change at any time.
private struct ChangingWorld {
    var state = ClusterState()
    var settings = ReconcilerSettings(standalone: true, externalNameServices: .allowed)
    private var random: SplitMix64

    private static let namespaces = ["a", "b"]
    private static let names = ["one", "two", "twos"]

    init(seed: UInt64) {
        random = SplitMix64(state: seed)
        for _ in 0..<200 { change() }
    }

    mutating func change() {
        let metadata = ObjectMeta(
            name: pick(Self.names), namespace: pick(Self.namespaces),
            labels: chance(4) ? [:] : ["kubernetes.io/service-name": pick(Self.names)],
            creationTimestamp: chance(2) ? Timestamp(secondsSince1970: Int64.random(in: 1...3, using: &random)) : nil)
        switch Int.random(in: 0..<24, using: &random) {
        case 22, 23: state.set(grpcRoute(metadata))
        case 18, 19, 20: setL4Route(metadata)
        case 0, 13: state.set(gateway(metadata))
        case 16, 17: state.set(listenerSet(metadata))
        case 1, 2, 3, 4: state.set(route(metadata))
        case 5: state.set(grant(metadata))
        case 6, 7, 14: state.set(service(metadata))
        case 8, 9: state.set(slice(metadata))
        case 10:
            let labels = chance(2) ? ["access": "yes"] : [:]
            state.set(Namespace(metadata: ObjectMeta(name: pick(Self.namespaces), labels: labels)))
        case 11:
            let controller = pick(["example.com/other", "example.com/more"])
            let isOurs = !chance(5)
            let name = pick(["weir", "other"])
            state.set(
                GatewayClass(
                    metadata: ObjectMeta(name: name),
                    spec: GatewayClassSpec(
                        controllerName: isOurs ? ReconcilerSettings.defaultControllerName : controller)))
        case 12: changeSettings()
        default: remove(metadata)
        }
    }

    private mutating func remove(_ metadata: ObjectMeta) {
        let (namespaced, cluster) = (
            [
                Gateway.groupKind, ListenerSet.groupKind, HTTPRoute.groupKind, GRPCRoute.groupKind,
                ReferenceGrant.groupKind,
                Service.groupKind, EndpointSlice.groupKind, TLSRoute.groupKind, TCPRoute.groupKind,
                UDPRoute.groupKind,
            ],
            [GatewayClass.groupKind, Namespace.groupKind]
        )
        if chance(3) {
            state.remove(ObjectKey(pick(cluster), namespace: "", name: pick(["weir", "other", "a", "b"])))
        } else {
            state.remove(ObjectKey(pick(namespaced), namespace: metadata.namespace, name: metadata.name))
        }
    }

    private mutating func changeSettings() {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: settings.standalone.toggle()
        case 5:
            var pool = AddressRange("10.0.0.0/30").map { AddressPool([$0]) }
            pool?.assign(in: state, settings: settings)
            settings.addressPool = chance(10) ? pool : nil
        case 1: settings.externalNameServices = chance(2) ? .allowed : .refused
        case 2:
            settings.unbindablePorts =
                chance(2) ? [BindAddress(port: 80, transport: pick([.stream, .datagram])): "in use"] : [:]
        case 3: settings.additionalControllerNames = chance(2) ? ["example.com/other"] : []
        default:
            let service = ObjectName(namespace: pick(Self.namespaces), name: pick(Self.names))
            let endpoint = Endpoint(host: .address("127.0.0.1"), port: 1)
            settings.backendOverrides = chance(2) ? [BackendID(service: service, port: 80): [endpoint]] : [:]
        }
    }

    // MARK: Objects

    private mutating func gateway(_ metadata: ObjectMeta) -> Gateway {
        let ports: [UInt16] = pick([[80, 81], [81, 80], [82, 80], [80, 80]])
        let listeners = (0..<Int.random(in: 1...2, using: &random)).map { index in
            let routes = AllowedRoutes(
                namespaces: RouteNamespaces(
                    from: pick([.all, .all, .same, .selector]), selector: LabelSelector(matchLabels: ["access": "yes"]))
            )
            if chance(4) {
                return Listener(
                    name: "l\(index)", hostname: pick([nil, "*.example.com"]), port: ports[index], protocol: .tls,
                    tls: ListenerTLSConfig(mode: .passthrough), allowedRoutes: routes)
            }
            return Listener(
                name: "l\(index)", hostname: pick([nil, nil, "*.example.com", "a.example.com"]), port: ports[index],
                protocol: pick([.http, .http, .http, .https, .tcp, .udp]), allowedRoutes: routes)
        }
        let className = pick(["weir", "weir", "weir", "weir", "other"])
        let allowed = AllowedListeners(
            namespaces: ListenerNamespaces(
                from: pick([.all, .same, .selector]), selector: LabelSelector(matchLabels: ["access": "yes"])))
        return Gateway(
            metadata: metadata,
            spec: GatewaySpec(
                gatewayClassName: className, listeners: listeners, allowedListeners: chance(4) ? nil : allowed,
                defaultScope: chance(3) ? .all : nil))
    }

    private mutating func listenerSet(_ metadata: ObjectMeta) -> ListenerSet {
        let listeners = (0..<Int.random(in: 1...2, using: &random)).map { index in
            Listener(
                name: "l\(index)", hostname: pick([nil, "b.example.com", "a.example.com"]),
                port: pick([80, 81, 83]), protocol: pick([.http, .http, .http, .tcp, .udp]),
                allowedRoutes: AllowedRoutes(namespaces: RouteNamespaces(from: pick([.all, .same]))))
        }
        return ListenerSet(
            metadata: metadata,
            spec: ListenerSetSpec(
                parentRef: ParentGatewayReference(namespace: pick([nil, "a", "b"]), name: pick(Self.names)),
                listeners: listeners))
    }

    private mutating func parents() -> [ParentReference] {
        (0..<Int.random(in: 1...2, using: &random)).map { _ in
            ParentReference(
                kind: pick(["Gateway", "Gateway", "Gateway", "Gateway", "ListenerSet"]),
                namespace: pick([nil, "a", "b"]),
                name: pick(Self.names),
                sectionName: pick([nil, nil, nil, nil, "l1"]),
                port: pick([nil, nil, nil, nil, 80]))
        }
    }

    private mutating func setL4Route(_ metadata: ObjectMeta) {
        let references = (0..<Int.random(in: 1...2, using: &random)).map { _ in
            BackendRef(
                reference: BackendObjectReference(
                    name: pick(Self.names), namespace: pick([nil, nil, "a", "b"]), port: pick([80, 80, 81])),
                weight: pick([0, 1, 2]))
        }
        let rules = [L4RouteRule(backendRefs: references)]
        let scope: DefaultScope? = chance(5) ? .all : nil
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            let hostnames = pick([["a.example.com"], ["*.example.com", "b.net"]])
            let spec = TLSRouteSpec(
                parentRefs: parents(), useDefaultGateways: scope, hostnames: hostnames, rules: rules)
            state.set(TLSRoute(metadata: metadata, spec: spec))
        case 1:
            let spec = TCPRouteSpec(parentRefs: parents(), useDefaultGateways: scope, rules: rules)
            state.set(TCPRoute(metadata: metadata, spec: spec))
        default:
            let spec = UDPRouteSpec(parentRefs: parents(), useDefaultGateways: scope, rules: rules)
            state.set(UDPRoute(metadata: metadata, spec: spec))
        }
    }

    private mutating func route(_ metadata: ObjectMeta) -> HTTPRoute {
        let parents = parents()
        let rules = (0..<Int.random(in: 1...2, using: &random)).map { _ in
            let path = chance(5) ? HTTPPathMatch(type: .regularExpression, value: "(") : HTTPPathMatch()
            let references = (0..<Int.random(in: 0...2, using: &random)).map { _ in
                HTTPBackendRef(
                    reference: BackendObjectReference(
                        name: pick(Self.names), namespace: pick([nil, nil, "a", "b"]), port: pick([80, 80, 81])))
            }
            return HTTPRouteRule(matches: [HTTPRouteMatch(path: path)], backendRefs: references)
        }
        return HTTPRoute(
            metadata: metadata,
            spec: HTTPRouteSpec(
                parentRefs: parents, useDefaultGateways: chance(5) ? .all : nil,
                hostnames: pick([[], [], ["a.example.com"], ["b.example.com", "*.net"]]),
                rules: rules))
    }

    /// Of what an HTTPRoute could be, since all but the matches is the same.
    private mutating func grpcRoute(_ metadata: ObjectMeta) -> GRPCRoute {
        let route = route(metadata)
        let rules = route.spec.rules.map { rule in
            let type: ValueMatchType = rule.matches[0].path.type == .regularExpression ? .regularExpression : .exact
            return GRPCRouteRule(
                matches: [GRPCRouteMatch(method: GRPCMethodMatch(type: type, service: type == .exact ? "S" : "("))],
                backendRefs: rule.backendRefs.map { GRPCBackendRef(reference: $0.reference, weight: $0.weight) })
        }
        return GRPCRoute(
            metadata: metadata,
            spec: GRPCRouteSpec(
                parentRefs: route.parentRefs, useDefaultGateways: route.useDefaultGateways,
                hostnames: route.hostnames, rules: rules))
    }

    private mutating func grant(_ metadata: ObjectMeta) -> ReferenceGrant {
        ReferenceGrant(
            metadata: metadata,
            spec: ReferenceGrantSpec(
                from: ["HTTPRoute", pick(["TLSRoute", "TCPRoute", "UDPRoute"])].map {
                    ReferenceGrantFrom(group: gatewayAPIGroup, kind: $0, namespace: pick(Self.namespaces))
                },
                to: [ReferenceGrantTo(group: "", kind: "Service", name: pick([nil, "one"]))]))
    }

    private mutating func service(_ metadata: ObjectMeta) -> Service {
        let ports = pick([
            [ServicePort(port: 80)], [ServicePort(port: 80, appProtocol: "kubernetes.io/h2c")],
            [ServicePort(name: "x", port: 80), ServicePort(name: "y", port: 81)],
            [ServicePort(name: "x", port: 80), ServicePort(name: "y", port: 80, protocol: .udp)],
        ])
        let isExternal = chance(6)
        return Service(
            metadata: metadata,
            spec: ServiceSpec(
                type: isExternal ? .externalName : .clusterIP, ports: ports,
                externalName: isExternal ? pick(["example.com", "localhost"]) : nil))
    }

    private mutating func slice(_ metadata: ObjectMeta) -> EndpointSlice {
        EndpointSlice(
            metadata: metadata, endpoints: [SliceEndpoint(addresses: [pick(["10.0.0.1", "10.0.0.2"])])],
            ports: [SlicePort(name: pick(["", "", "x"]), port: 8080), SlicePort(name: "y", port: 53, protocol: .udp)])
    }

    // MARK: Chance

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }

    private mutating func chance(_ sides: Int) -> Bool {
        Int.random(in: 0..<sides, using: &random) == 0
    }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
