/// One HTTPRoute or GRPCRoute.
package struct RouteConfiguration: Sendable, Hashable {
    package enum Kind: UInt8, Sendable, Hashable {
        case http
        /// Takes gRPC requests only, and before any HTTPRoute.
        case grpc
    }

    package var kind: Kind
    package var name: ObjectName
    package var rules: [RuleConfiguration]

    package init(kind: Kind = .http, name: ObjectName, rules: [RuleConfiguration]) {
        self.kind = kind
        self.name = name
        self.rules = rules
    }
}

/// One rule of a route (`HTTPRoute.spec.rules[]`, `GRPCRoute.spec.rules[]`).
package struct RuleConfiguration: Sendable, Hashable {
    /// Position in `spec.rules`, from 0. Positions of dropped (invalid) rules stay unused.
    package var index: Int
    /// `rules[].name`, if given.
    package var name: String?
    /// OR-ed, never empty: a rule without matches has the one match "PathPrefix /", in a GRPCRoute one for every RPC.
    package var matches: [RequestMatch]
    package var filters: RuleFilters
    package var timeouts: RuleTimeouts
    /// nil: nothing is tried again but what cannot have reached a backend.
    package var retry: RetryPolicy?
    package var action: RuleAction

    package init(
        index: Int, name: String? = nil, matches: [RequestMatch], filters: RuleFilters = RuleFilters(),
        timeouts: RuleTimeouts = RuleTimeouts(), retry: RetryPolicy? = nil, action: RuleAction
    ) {
        self.index = index
        self.name = name
        self.matches = matches
        self.filters = filters
        self.timeouts = timeouts
        self.retry = retry
        self.action = action
    }
}

/// What happens to a request that a rule took.
package enum RuleAction: Sendable, Hashable {
    /// Forward to one of these by weight. Never empty; the sum of weights is at least 1.
    case forward([WeightedBackend])
    case redirect(RequestRedirect)
    /// Answer at once with this status: 500 for a rule without usable backends (`backendRefs` empty, all weights 0,
    /// a filter that cannot be resolved).
    case respond(status: UInt16)
}

/// One `backendRefs[]` entry.
package struct WeightedBackend: Sendable, Hashable {
    /// `weight`, 0...1,000,000, default 1. The share is weight / sum over all refs of the rule.
    package var weight: UInt32
    package var destination: Destination
    /// Filters of this backendRef: they run only when this backend is chosen, after the rule's own. Mirrors, CORS and
    /// authorization are filters of rules only; with one of them here the backend counts as invalid.
    package var filters: RuleFilters
    /// The session persistence of the rule, else of the policy on this backend. Requests with a session of a backend go
    /// there whatever the weights say.
    package var session: SessionConfiguration?

    package enum Destination: Sendable, Hashable {
        case backend(BackendID)
        /// The reference cannot be used (missing Service or port, unknown kind, not granted): its share of the
        /// requests is answered with 500, never given to others.
        case invalid
    }

    package init(
        weight: UInt32 = 1, destination: Destination, filters: RuleFilters = RuleFilters(),
        session: SessionConfiguration? = nil
    ) {
        self.weight = weight
        self.destination = destination
        self.filters = filters
        self.session = session
    }
}
