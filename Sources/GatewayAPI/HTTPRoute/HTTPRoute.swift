package import KubernetesTypes

/// How HTTP requests are matched, changed and forwarded.
package struct HTTPRoute: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: gatewayAPIGroup, version: "v1", kind: "HTTPRoute")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: HTTPRouteSpec
    package var status: RouteStatus

    package init(metadata: ObjectMeta, spec: HTTPRouteSpec, status: RouteStatus = RouteStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `HTTPRoute.spec`.
package struct HTTPRouteSpec: Sendable, Hashable {
    /// At most 32.
    package var parentRefs: [ParentReference]
    /// Experimental (GEP-3793).
    package var useDefaultGateways: DefaultScope?
    /// Lowercase DNS names, `*.` allowed in front; none matches what the listener matches.
    package var hostnames: [String]
    /// 1 to 16.
    package var rules: [HTTPRouteRule]

    package init(
        parentRefs: [ParentReference] = [], useDefaultGateways: DefaultScope? = nil, hostnames: [String] = [],
        rules: [HTTPRouteRule] = [HTTPRouteRule()]
    ) {
        self.parentRefs = parentRefs
        self.useDefaultGateways = useDefaultGateways
        self.hostnames = hostnames
        self.rules = rules
    }
}

/// `HTTPRoute.spec.rules[]`.
package struct HTTPRouteRule: Sendable, Hashable {
    /// Unique in the route (GEP-995).
    package var name: String?
    /// OR-ed, at most 64. An explicitly empty list matches everything too.
    package var matches: [HTTPRouteMatch]
    /// At most 16.
    package var filters: [HTTPRouteFilter]
    /// At most 16.
    package var backendRefs: [HTTPBackendRef]
    package var timeouts: HTTPRouteTimeouts?
    /// Experimental (GEP-1731).
    package var retry: HTTPRouteRetry?
    /// Experimental (GEP-1619).
    package var sessionPersistence: SessionPersistence?

    package init(
        name: String? = nil, matches: [HTTPRouteMatch] = [HTTPRouteMatch()], filters: [HTTPRouteFilter] = [],
        backendRefs: [HTTPBackendRef] = [], timeouts: HTTPRouteTimeouts? = nil, retry: HTTPRouteRetry? = nil,
        sessionPersistence: SessionPersistence? = nil
    ) {
        self.name = name
        self.matches = matches
        self.filters = filters
        self.backendRefs = backendRefs
        self.timeouts = timeouts
        self.retry = retry
        self.sessionPersistence = sessionPersistence
    }
}

/// `HTTPRoute.spec.rules[].backendRefs[]`.
package struct HTTPBackendRef: Sendable, Hashable {
    /// The fields group, kind, name, namespace and port.
    package var reference: BackendObjectReference
    /// 0...1000000, relative to the sum over the rule.
    package var weight: Int32
    /// Applied to requests that go to this backend only.
    package var filters: [HTTPRouteFilter]

    package init(reference: BackendObjectReference, weight: Int32 = 1, filters: [HTTPRouteFilter] = []) {
        self.reference = reference
        self.weight = weight
        self.filters = filters
    }
}

/// `HTTPRoute.spec.rules[].timeouts` (GEP-1742).
package struct HTTPRouteTimeouts: Sendable, Hashable {
    /// For the whole request; zero switches the timeout off.
    package var request: GatewayDuration?
    /// For one attempt; zero switches the timeout off.
    package var backendRequest: GatewayDuration?

    package init(request: GatewayDuration? = nil, backendRequest: GatewayDuration? = nil) {
        self.request = request
        self.backendRequest = backendRequest
    }
}

/// `HTTPRoute.spec.rules[].retry` (GEP-1731, experimental).
package struct HTTPRouteRetry: Sendable, Hashable {
    /// Response codes to retry on, 400...599.
    package var codes: [Int]
    /// Retries per request, at least 1.
    package var attempts: Int?
    /// The shortest pause between attempts.
    package var backoff: GatewayDuration?

    package init(codes: [Int] = [], attempts: Int? = nil, backoff: GatewayDuration? = nil) {
        self.codes = codes
        self.attempts = attempts
        self.backoff = backoff
    }
}
