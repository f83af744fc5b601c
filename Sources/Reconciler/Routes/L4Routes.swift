import GatewayAPI
import KubernetesTypes
import Routing

extension TLSRoute: ReconciledRoute {
    static let routeKind = RouteKind.tls
    static let streamKind = StreamRouteConfiguration.Kind.tls
}

extension TCPRoute: ReconciledRoute {
    static let routeKind = RouteKind.tcp
    static let streamKind = StreamRouteConfiguration.Kind.tcp
}

extension UDPRoute: ReconciledRoute {
    static let routeKind = RouteKind.udp
    static let streamKind = StreamRouteConfiguration.Kind.udp
}

/// A kind of route that does nothing but name backends.
protocol ReconciledL4Route: L4Route, ReconciledRoute {
    static var streamKind: StreamRouteConfiguration.Kind { get }
}

extension TLSRoute: ReconciledL4Route {}
extension TCPRoute: ReconciledL4Route {}
extension UDPRoute: ReconciledL4Route {}

extension ReconciledL4Route {
    var backendReferences: [BackendObjectReference] { rules.flatMap { $0.backendRefs.map(\.reference) } }

    /// There is one rule. A backend that cannot be used keeps its share, which is refused; the route is accepted even if
    /// there is no other.
    func translated(_ backends: BackendResolution) -> RouteTranslation {
        let name = ObjectName(metadata)
        let referrer = BackendReferrer(kind: Self.routeKind, namespace: name.namespace)
        let path = FieldPath("spec.rules")
        var destinations: [WeightedStreamBackend] = []
        var unresolved: [UnresolvedReference] = []
        var targets: Set<BackendTarget> = []
        for (index, reference) in (rules.first?.backendRefs ?? []).enumerated() {
            let place = path.index(0).field("backendRefs").index(index)
            let resolved = backends.resolve(reference.reference, from: referrer, at: place)
            if let target = resolved.target { targets.insert(target) }
            var destination = WeightedBackend.Destination.invalid
            switch resolved.result {
            case .backend(let id): destination = .backend(id)
            case .invalid(let problem): unresolved.append(problem)
            }
            destinations.append(
                WeightedStreamBackend(weight: UInt32(clamping: reference.weight), destination: destination))
        }
        return RouteTranslation(
            configuration: .streams(
                StreamRouteConfiguration(
                    kind: Self.streamKind, name: name, ruleName: rules.first?.name, backends: destinations)),
            backends: Set(destinations.compactMap(\.id)).sorted(), targets: targets.sorted(),
            findings: unresolved.map(\.finding) + surplusRules(at: path), unresolved: unresolved.reason,
            hasRules: true)
    }

    /// Objects that were written with an older version may have more rules. Nothing tells for which connections each of
    /// them is.
    private func surplusRules(at path: FieldPath) -> [Finding] {
        rules.indices.dropFirst().map { index in
            Finding(
                .surplusRule, path.index(index), "A \(Self.routeKind.name) has one rule; this one is ignored.",
                help: "Move its backendRefs to the first rule, or to another route.", severity: .warning)
        }
    }
}

extension WeightedStreamBackend {
    fileprivate var id: BackendID? {
        if case .backend(let id) = destination { id } else { nil }
    }
}
