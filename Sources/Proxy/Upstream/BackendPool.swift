import Routing

/// The endpoints of one backend on one event loop, in the order of preference of the EndpointSlice conditions.
///
/// Choice: power of two choices on requests in flight, among the ready endpoints; those that terminate but still serve
/// only when none is ready.
final class BackendPool {
    private let ready: ContiguousArray<EndpointPool>
    private let terminating: ContiguousArray<EndpointPool>

    init(ready: ContiguousArray<EndpointPool>, terminating: ContiguousArray<EndpointPool>) {
        self.ready = ready
        self.terminating = terminating
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
        let count = UInt64(endpoints.count)
        if count <= 1 { return endpoints.first }
        // Two different positions from the two halves of the random number.
        let first = Int(((random & 0xffff_ffff) * count) >> 32)
        var second = Int(((random >> 32) * (count - 1)) >> 32)
        if second >= first { second += 1 }
        let a = endpoints[first]
        let b = endpoints[second]
        let aIsUsable = a !== failed && !a.isAvoided(now: now)
        let bIsUsable = b !== failed && !b.isAvoided(now: now)
        if aIsUsable && bIsUsable { return a.requestsInFlight <= b.requestsInFlight ? a : b }
        if aIsUsable { return a }
        if bIsUsable { return b }
        // Neither of the two will do: any other that does, from a random place on; else one that at least differs
        // from the one that just failed.
        for offset in 0..<endpoints.count {
            let candidate = endpoints[(first + offset) % endpoints.count]
            if candidate !== failed && !candidate.isAvoided(now: now) { return candidate }
        }
        return a === failed ? b : a
    }
}
