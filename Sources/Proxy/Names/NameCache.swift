/// Decides when names are resolved, and keeps what came of it. Pure: it is told the time and the results.
package struct NameCache: Sendable {
    package typealias Instant = ContinuousClock.Instant

    package struct Policy: Sendable, Hashable {
        /// Records that live shorter are kept this long.
        package var minimumTimeToLive = Duration.seconds(1)
        /// Records that live longer are asked for again after this.
        package var maximumTimeToLive = Duration.seconds(3600)
        /// The pause after the first failure; it doubles with each further one.
        package var firstRetry = Duration.seconds(1)
        package var lastRetry = Duration.seconds(30)

        package init() {}
    }

    /// What is to be done now.
    package enum Step: Sendable, Hashable {
        /// Resolve this name and tell the result with `received`; then ask again for the next step.
        case resolve(String)
        case wait(until: Instant)
        /// There is nothing to wait for but results.
        case idle
    }

    private struct Entry {
        var addresses: [ResolvedAddress] = []
        /// When the name is to be resolved; nil while it is being resolved.
        var due: Instant?
        var failures = 0
    }

    private let policy: Policy
    private var entries: [String: Entry] = [:]

    package init(policy: Policy = Policy()) {
        self.policy = policy
    }

    /// Replaces the set of names. New ones are due at once, dropped ones are forgotten, the others stay as they are.
    package mutating func use(_ names: Set<String>, now: Instant) {
        entries = entries.filter { names.contains($0.key) }
        for name in names where entries[name] == nil { entries[name] = Entry(due: now) }
    }

    /// The last good addresses of a name; empty when there never were any or the name's owner said there are none.
    package func addresses(of name: String) -> [ResolvedAddress] {
        entries[name]?.addresses ?? []
    }

    /// What to do at `now`. Names that are due come in the order in which they became so.
    package mutating func next(now: Instant) -> Step {
        let pending = entries.compactMap { name, entry in entry.due.map { (due: $0, name: name) } }
        guard let first = pending.min(by: { ($0.due, $0.name) < ($1.due, $1.name) }) else { return .idle }
        guard first.due <= now else { return .wait(until: first.due) }
        entries[first.name]?.due = nil
        return .resolve(first.name)
    }

    /// Takes a result.
    ///
    /// Addresses are asked for again when four fifths of their TTL are over, so that they are fresh while in use. When
    /// nobody could be asked, the last good addresses stay (RFC 8767), however old: a DNS outage does not take down
    /// what still works. When the name's owner says that there are none, they go.
    /// - Returns: the new addresses if they changed.
    package mutating func received(_ result: NameResolution, for name: String, now: Instant) -> [ResolvedAddress]? {
        guard var entry = entries[name] else { return nil }
        let before = entry.addresses
        switch result {
        case .success(let resolved):
            let lifetime = min(max(resolved.timeToLive, policy.minimumTimeToLive), policy.maximumTimeToLive)
            entry.addresses = resolved.addresses
            entry.failures = 0
            entry.due = now + lifetime * 4 / 5
        case .failure(let error):
            if error.isNegativeAnswer { entry.addresses = [] }
            // 2^16 times the first pause is past any sensible last one.
            let pause = policy.firstRetry * (1 << min(entry.failures, 16))
            entry.failures += 1
            entry.due = now + min(pause, policy.lastRetry)
        }
        entries[name] = entry
        return entry.addresses == before ? nil : entry.addresses
    }
}
