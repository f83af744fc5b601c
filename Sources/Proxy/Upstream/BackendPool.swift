import Routing
import Upstream

/// The retry budget of a backend on one event loop. It lives on when the endpoints change.
final class RetryBudgetState {
    let budget: RetryBudget
    var allowance: RetryAllowance

    init(_ budget: RetryBudget, loop: Int, loops: Int) {
        self.budget = budget
        allowance = RetryAllowance(
            percent: budget.percent, interval: budget.interval.nanoseconds, minimumCount: budget.minimumCount,
            minimumInterval: budget.minimumInterval.nanoseconds, loop: loop, loops: loops)
    }
}

/// The endpoints of one backend on one event loop, in the order of preference of the EndpointSlice conditions.
///
/// Choice: power of two choices on requests in flight, among the ready endpoints; those that terminate but still serve
/// only when none is ready.
final class BackendPool {
    private let ready: ContiguousArray<EndpointPool>
    private let terminating: ContiguousArray<EndpointPool>

    /// nil without a limit.
    let retryBudget: RetryBudgetState?
    /// nil in tests.
    let id: BackendID?
    let proxyProtocol: BackendConfiguration.ProxyProtocolVersion?
    /// TLS of connections of TCPRoutes and TLSRoutes; nil in plain text.
    let streamSecurity: BackendSecurity?

    init(
        ready: ContiguousArray<EndpointPool>, terminating: ContiguousArray<EndpointPool>,
        retryBudget: RetryBudgetState? = nil, id: BackendID? = nil,
        proxyProtocol: BackendConfiguration.ProxyProtocolVersion? = nil, streamSecurity: BackendSecurity? = nil
    ) {
        self.ready = ready
        self.terminating = terminating
        self.retryBudget = retryBudget
        self.id = id
        self.proxyProtocol = proxyProtocol
        self.streamSecurity = streamSecurity
    }

    /// The endpoint that a session token stands for; nil when it is gone.
    func endpoint(withSession hash: UInt64, key: UInt64) -> EndpointPool? {
        func belongs(_ endpoint: EndpointPool) -> Bool {
            SessionHash.endpoint(key: key, address: endpoint.sessionHash) == hash
        }
        return ready.first(where: belongs) ?? terminating.first(where: belongs)
    }

    var endpoints: [EndpointPool] { Array(ready) + Array(terminating) }

    /// How many endpoints a request may try.
    var candidateCount: Int { ready.isEmpty ? terminating.count : ready.count }

    /// An endpoint for the next request; nil when there is none. `excluding` is an endpoint that just failed.
    func pick(random: UInt64, now: UInt64, excluding failed: EndpointPool? = nil) -> EndpointPool? {
        ready.isEmpty
            ? Self.pick(from: terminating, random: random, now: now, excluding: failed)
            : Self.pick(from: ready, random: random, now: now, excluding: failed)
    }

    private static func pick(
        from endpoints: ContiguousArray<EndpointPool>, random: UInt64, now: UInt64, excluding failed: EndpointPool?
    ) -> EndpointPool? {
        if endpoints.isEmpty { return nil }
        let position = PowerOfTwoChoices.choose(count: endpoints.count, random: random) { position in
            let endpoint = endpoints[position]
            if endpoint === failed { return .failed }
            return endpoint.health.isAvoided(now: now) ? .avoided : .load(endpoint.requestsInFlight)
        }
        return endpoints[position]
    }
}
