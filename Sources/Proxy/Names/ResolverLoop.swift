import Glibc

/// What runs on the resolver's thread: takes work, polls the sockets of open questions, fires timers.
struct ResolverLoop: ~Copyable {
    /// Lookups on their way at once; each has at most two sockets. Others wait for their turn.
    static let maximumLookups = 32

    private let core: ResolverCore
    private var waiting: [(name: String, completion: @Sendable (NameResolution) -> Void)] = []
    private var lookups: [NameLookup] = []
    private var timers: [(instant: ContinuousClock.Instant, work: @Sendable () -> Void)] = []

    init(core: ResolverCore) {
        self.core = core
    }

    mutating func run() {
        while true {
            let (work, isStopped) = core.take()
            for item in work {
                switch item {
                case .resolve(let name, let completion): waiting.append((name, completion))
                case .schedule(let instant, let work): timers.append((instant, work))
                }
            }
            if isStopped { return abandonAll() }
            startWaiting()
            // A closure may have submitted work: its wake-up makes `poll` return at once.
            finishLookups()
            fireTimers()
            poll()
        }
    }

    private mutating func startWaiting() {
        let now = ContinuousClock.now
        let count = min(waiting.count, Self.maximumLookups - lookups.count)
        for item in waiting.prefix(count) {
            lookups.append(NameLookup(name: item.name, sources: core.sources, now: now, completion: item.completion))
        }
        waiting.removeFirst(count)
    }

    private mutating func finishLookups() {
        var open: [NameLookup] = []
        var finished: [(completion: @Sendable (NameResolution) -> Void, result: NameResolution)] = []
        for lookup in lookups {
            if let result = lookup.result {
                finished.append((lookup.completion, result))
            } else {
                open.append(lookup)
            }
        }
        lookups = open
        for (completion, result) in finished { completion(result) }
    }

    private mutating func fireTimers() {
        let now = ContinuousClock.now
        let due = timers.filter { $0.instant <= now }
        timers.removeAll { $0.instant <= now }
        for timer in due { timer.work() }
    }

    private mutating func abandonAll() {
        let completions = lookups.map(\.completion) + waiting.map(\.completion)
        lookups = []
        waiting = []
        timers = []
        for completion in completions { completion(.failure(.shutDown)) }
    }

    /// Waits for something to do, and lets the open questions do it.
    private func poll() {
        let exchanges = lookups.flatMap(\.exchanges).filter { $0.outcome == nil }
        var descriptors = [pollfd(fd: core.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        for exchange in exchanges {
            descriptors.append(pollfd(fd: exchange.descriptor, events: exchange.interest, revents: 0))
        }
        _ = Glibc.poll(&descriptors, nfds_t(descriptors.count), timeout(for: exchanges))
        if descriptors[0].revents != 0 {
            var count: UInt64 = 0
            _ = read(core.wakeDescriptor, &count, MemoryLayout.size(ofValue: count))
        }
        let now = ContinuousClock.now
        for (exchange, descriptor) in zip(exchanges, descriptors.dropFirst()) {
            if descriptor.revents != 0 {
                exchange.proceed(now: now)
            } else if exchange.deadline <= now {
                exchange.expire(now: now)
            }
        }
    }

    /// Milliseconds until the next deadline, rounded up; -1 without one.
    private func timeout(for exchanges: [DNSExchange]) -> Int32 {
        if !waiting.isEmpty, lookups.count < Self.maximumLookups { return 0 }
        guard let next = (exchanges.map(\.deadline) + timers.map(\.instant)).min() else { return -1 }
        let remaining = next - ContinuousClock.now
        guard remaining > .zero else { return 0 }
        let milliseconds = remaining / .milliseconds(1)
        return Int32(min(milliseconds.rounded(.up), 3_600_000))
    }
}
