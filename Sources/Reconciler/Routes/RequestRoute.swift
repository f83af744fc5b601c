import GatewayAPI
import KubernetesTypes
import Routing

/// A route of requests: an HTTPRoute or a GRPCRoute. Everything but their matches is translated by the same code.
enum RequestRoute: Sendable {
    case http(Stored<HTTPRoute>)
    case grpc(Stored<GRPCRoute>)

    /// Equal for the same object in the same version.
    var identity: ObjectIdentifier {
        switch self {
        case .http(let stored): ObjectIdentifier(stored)
        case .grpc(let stored): ObjectIdentifier(stored)
        }
    }

    var object: any GatewayRoute {
        switch self {
        case .http(let stored): stored.object
        case .grpc(let stored): stored.object
        }
    }

    var name: ObjectName {
        switch self {
        case .http(let stored): stored.name
        case .grpc(let stored): stored.name
        }
    }

    var kind: RouteConfiguration.Kind {
        switch self {
        case .http: .http
        case .grpc: .grpc
        }
    }

    var groupKind: GroupKind {
        switch self {
        case .http: HTTPRoute.groupKind
        case .grpc: GRPCRoute.groupKind
        }
    }

    var key: ObjectKey { ObjectKey(groupKind, namespace: name.namespace, name: name.name) }

    var rules: [RequestRule] {
        switch self {
        case .http(let stored): stored.object.spec.rules.map(RequestRule.init)
        case .grpc(let stored): stored.object.spec.rules.map(RequestRule.init)
        }
    }

    /// Whether the conflict order stays as it is when `new` takes the place of this route.
    func keepsItsPlace(as new: RequestRoute) -> Bool {
        kind == new.kind && name == new.name
            && object.metadata.creationTimestamp == new.object.metadata.creationTimestamp
    }
}

/// One of its rules.
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

    /// Of whatever kind.
    var matchCount: Int { grpcMatches?.count ?? rule.matches.count }
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
