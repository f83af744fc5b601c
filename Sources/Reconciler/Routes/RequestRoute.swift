import GatewayAPI
import KubernetesTypes
import Routing

/// A route of requests: an HTTPRoute or a GRPCRoute. All but their matches is translated by the same code.
protocol RequestRoute: ReconciledRoute {
    /// As the data plane tells the two apart.
    static var requestKind: RouteConfiguration.Kind { get }
    var requestRules: [RequestRule] { get }
    /// A CORS policy of all rules that the rules do not name; nil for none. With what is wrong in it.
    var crossOrigin: (policy: CORSPolicy, findings: [Finding])? { get }
}

extension HTTPRoute: RequestRoute {
    static let routeKind = RouteKind.http
    static let requestKind = RouteConfiguration.Kind.http

    var requestRules: [RequestRule] { spec.rules.map(RequestRule.init) }
    var crossOrigin: (policy: CORSPolicy, findings: [Finding])? { nil }
}

extension GRPCRoute: RequestRoute {
    static let routeKind = RouteKind.grpc
    static let requestKind = RouteConfiguration.Kind.grpc

    var requestRules: [RequestRule] { spec.rules.map(RequestRule.init) }
    var crossOrigin: (policy: CORSPolicy, findings: [Finding])? { GRPCWebOrigins.policy(of: self) }
}

extension RequestRoute {
    var backendReferences: [BackendObjectReference] {
        requestRules.lazy.map(\.rule).flatMap { rule in
            rule.backendRefs.map(\.reference)
                + (rule.filters + rule.backendRefs.flatMap(\.filters)).compactMap {
                    $0.requestMirror?.backendRef ?? $0.externalAuth?.backendRef
                }
        }
    }

    func translated(_ backends: BackendResolution) -> RouteTranslation {
        let name = ObjectName(metadata)
        let rules = RouteRules(
            requestRules.enumerated().map {
                RuleTranslation($1, index: $0, of: Self.routeKind, route: name, backends: backends)
            })
        var configuration = RouteConfiguration(kind: Self.requestKind, name: name, rules: rules.configurations)
        let crossOrigin = crossOrigin
        if let policy = crossOrigin?.policy {
            for index in configuration.rules.indices { configuration.rules[index].filters.cors = policy }
        }
        var translation = rules.translation(.requests(configuration))
        translation.findings += crossOrigin?.findings ?? []
        return translation
    }
}

/// One rule of a route of requests.
struct RequestRule: Sendable, Hashable {
    /// A rule of a GRPCRoute in the words of HTTPRoutes, without matches.
    var rule: HTTPRouteRule
    /// The matches of a rule of a GRPCRoute; nil for one of an HTTPRoute.
    var grpcMatches: [GRPCRouteMatch]?

    init(_ rule: HTTPRouteRule) {
        self.rule = rule
    }

    init(_ rule: GRPCRouteRule) {
        self.rule = HTTPRouteRule(
            name: rule.name, matches: [], filters: rule.filters.map(HTTPRouteFilter.init),
            backendRefs: rule.backendRefs.map { backend in
                HTTPBackendRef(
                    reference: backend.reference, weight: backend.weight,
                    filters: backend.filters.map(HTTPRouteFilter.init))
            }, sessionPersistence: rule.sessionPersistence)
        grpcMatches = rule.matches
    }
}

extension HTTPRouteFilter {
    /// Filters of GRPCRoutes mean what those of HTTPRoutes with the same names do. A type that GRPCRoutes do not have
    /// stays unknown, also if HTTPRoutes have it.
    init(_ filter: GRPCRouteFilter) {
        let type: HTTPRouteFilterType =
            switch filter.type {
            case .requestHeaderModifier: .requestHeaderModifier
            case .responseHeaderModifier: .responseHeaderModifier
            case .requestMirror: .requestMirror
            case .extensionRef: .extensionRef
            case .unrecognized(let name): .unrecognized(name)
            }
        self.init(
            type: type, requestHeaderModifier: filter.requestHeaderModifier,
            responseHeaderModifier: filter.responseHeaderModifier, requestMirror: filter.requestMirror,
            extensionRef: filter.extensionRef)
    }
}
