import Logging
import Proxy

/// Keeps the addresses of ExternalName backends current: asks the resolver for the names in use and hands every change
/// to the data plane.
actor ExternalNames {
    private enum Event: Sendable {
        case addresses(name: String, [String])
        case failure(name: String, String)
    }

    private let proxy: ProxyServer
    private let watcher: NameWatcher
    private let logger: Logger
    private let events: AsyncStream<Event>
    private let stopEvents: @Sendable () -> Void
    /// Names that have not been answered for since they came into use.
    private var unanswered: Set<String> = []
    private var known: Set<String> = []
    private var waiter: CheckedContinuation<Void, Never>?

    init(proxy: ProxyServer, server: DNSServer?, logger: Logger) {
        self.proxy = proxy
        self.logger = logger
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        self.events = events
        stopEvents = { continuation.finish() }
        watcher = NameWatcher(
            resolver: NameResolver(server: server),
            onChange: { name, addresses in
                continuation.yield(.addresses(name: name, addresses.map(\.description)))
            },
            onFailure: { name, error in continuation.yield(.failure(name: name, "\(error)")) })
    }

    /// Hands changes on until `stop`.
    func run() async {
        for await event in events {
            switch event {
            case .addresses(let name, let addresses):
                await proxy.setAddresses(addresses, forName: name)
                answered(name)
            case .failure(let name, let reason):
                logger.warning("cannot resolve \(name): \(reason)")
                answered(name)
            }
        }
    }

    nonisolated func stop() {
        stopEvents()
    }

    /// Replaces the set of names. New ones are waited for, at most `patience`, so that a backend which is reported as
    /// served has addresses.
    func watch(_ names: Set<String>, patience: Duration = .seconds(1)) async {
        unanswered.formIntersection(names)
        unanswered.formUnion(names.subtracting(known))
        known = names
        watcher.watch(names)
        guard !unanswered.isEmpty else { return }
        let timeout = Task {
            try? await Task.sleep(for: patience)
            resumeWaiter()
        }
        await withCheckedContinuation { waiter = $0 }
        timeout.cancel()
    }

    private func answered(_ name: String) {
        unanswered.remove(name)
        if unanswered.isEmpty { resumeWaiter() }
    }

    private func resumeWaiter() {
        waiter?.resume()
        waiter = nil
    }
}
