import Synchronization

/// Keeps a set of names resolved and tells when their addresses change.
///
/// Nothing runs while the set is empty. Safe to call from any thread.
package final class NameWatcher: Sendable {
    private struct State: ~Copyable {
        var cache: NameCache
        /// The earliest instant for which a wake-up is scheduled.
        var wakeUp: ContinuousClock.Instant?
    }

    private let resolver: NameResolver
    private let state: Mutex<State>
    private let onChange: @Sendable (String, [ResolvedAddress]) -> Void
    private let onFailure: @Sendable (String, NameResolutionError) -> Void

    /// - Parameters:
    ///   - onChange: gets a name and its addresses when they differ from what it got before; none at all when the name
    ///     has ceased to exist. Called on the resolver's thread. A name that has just been dropped may still turn up.
    ///   - onFailure: gets each failed try, for logs. Called on the resolver's thread.
    package init(
        resolver: NameResolver, policy: NameCache.Policy = NameCache.Policy(),
        onChange: @escaping @Sendable (String, [ResolvedAddress]) -> Void,
        onFailure: @escaping @Sendable (String, NameResolutionError) -> Void = { _, _ in }
    ) {
        self.resolver = resolver
        self.state = Mutex(State(cache: NameCache(policy: policy)))
        self.onChange = onChange
        self.onFailure = onFailure
    }

    /// Replaces the set of names. Those that stay are not resolved again before their time.
    package func watch(_ names: Set<String>) {
        state.withLock { $0.cache.use(names, now: .now) }
        proceed()
    }

    /// The last good addresses of a name that is watched.
    package func addresses(of name: String) -> [ResolvedAddress] {
        state.withLock { $0.cache.addresses(of: name) }
    }

    private func proceed() {
        while true {
            switch state.withLock({ $0.cache.next(now: .now) }) {
            case .resolve(let name):
                resolver.resolve(name) { [weak self] result in self?.received(result, for: name) }
            case .wait(let instant):
                return wakeUp(at: instant)
            case .idle:
                return
            }
        }
    }

    private func wakeUp(at instant: ContinuousClock.Instant) {
        let isNews = state.withLock { state in
            if let scheduled = state.wakeUp, scheduled <= instant { return false }
            state.wakeUp = instant
            return true
        }
        guard isNews else { return }
        resolver.schedule(at: instant) { [weak self] in
            guard let self else { return }
            state.withLock { state in
                if state.wakeUp == instant { state.wakeUp = nil }
            }
            proceed()
        }
    }

    private func received(_ result: NameResolution, for name: String) {
        // A stopped resolver answers on the spot: to ask on would go round in a circle.
        if case .failure(.shutDown) = result { return }
        let change = state.withLock { $0.cache.received(result, for: name, now: .now) }
        if let change { onChange(name, change) }
        if case .failure(let error) = result { onFailure(name, error) }
        proceed()
    }
}
