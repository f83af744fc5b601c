package import KubernetesTypes

/// How gRPC calls are matched, changed and forwarded (GEP-1016).
package struct GRPCRoute: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: gatewayAPIGroup, version: "v1", kind: "GRPCRoute")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: GRPCRouteSpec
    package var status: RouteStatus

    package init(metadata: ObjectMeta, spec: GRPCRouteSpec, status: RouteStatus = RouteStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `GRPCRoute.spec`.
package struct GRPCRouteSpec: Sendable, Hashable {
    /// At most 32.
    package var parentRefs: [ParentReference]
    /// Experimental (GEP-3793).
    package var useDefaultGateways: DefaultScope?
    /// At most 16 lowercase DNS names, `*.` allowed in front; none matches what the listener matches.
    package var hostnames: [String]
    /// At most 16. Unlike an HTTPRoute a GRPCRoute has no default rule: without rules it routes nothing.
    package var rules: [GRPCRouteRule]

    package init(
        parentRefs: [ParentReference] = [], useDefaultGateways: DefaultScope? = nil, hostnames: [String] = [],
        rules: [GRPCRouteRule] = []
    ) {
        self.parentRefs = parentRefs
        self.useDefaultGateways = useDefaultGateways
        self.hostnames = hostnames
        self.rules = rules
    }
}

/// `GRPCRoute.spec.rules[]`.
package struct GRPCRouteRule: Sendable, Hashable {
    /// Unique in the route (GEP-995).
    package var name: String?
    /// OR-ed, at most 64. None matches every call.
    package var matches: [GRPCRouteMatch]
    /// At most 16.
    package var filters: [GRPCRouteFilter]
    /// At most 16.
    package var backendRefs: [GRPCBackendRef]
    /// Experimental (GEP-1619).
    package var sessionPersistence: SessionPersistence?

    package init(
        name: String? = nil, matches: [GRPCRouteMatch] = [], filters: [GRPCRouteFilter] = [],
        backendRefs: [GRPCBackendRef] = [], sessionPersistence: SessionPersistence? = nil
    ) {
        self.name = name
        self.matches = matches
        self.filters = filters
        self.backendRefs = backendRefs
        self.sessionPersistence = sessionPersistence
    }
}

/// `GRPCRoute.spec.rules[].backendRefs[]`.
package struct GRPCBackendRef: Sendable, Hashable {
    /// The fields group, kind, name, namespace and port.
    package var reference: BackendObjectReference
    /// 0...1000000, relative to the sum over the rule.
    package var weight: Int32
    /// Applied to calls that go to this backend only.
    package var filters: [GRPCRouteFilter]

    package init(reference: BackendObjectReference, weight: Int32 = 1, filters: [GRPCRouteFilter] = []) {
        self.reference = reference
        self.weight = weight
        self.filters = filters
    }
}
