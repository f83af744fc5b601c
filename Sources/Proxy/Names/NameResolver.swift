import CLinux
import Glibc
import Synchronization

/// Resolves names to addresses on a thread of its own, so that no event loop ever waits for DNS.
///
/// The thread starts with the first piece of work, sleeps in `poll` when there is none, and has many questions on their
/// way at once. Own code instead of libresolv: that has one blocking call for each name, cannot tell a timeout from a
/// server failure, and cannot be interrupted at shutdown.
///
/// Safe to call from any thread. Closures are called on the resolver's thread, one after the other, and must not block.
package final class NameResolver: Sendable {
    private let core: ResolverCore

    /// - Parameters:
    ///   - server: the only DNS server to ask; nil takes those of resolv.conf(5).
    ///   - hostsPath: a hosts(5) file that is looked at before DNS.
    ///   - configurationPath: a resolv.conf(5) file; its timeout and attempts count also when `server` is given.
    package init(
        server: DNSServer? = nil, hostsPath: String = "/etc/hosts", configurationPath: String = "/etc/resolv.conf"
    ) {
        core = ResolverCore(
            sources: NameSources(server: server, hostsPath: hostsPath, configurationPath: configurationPath))
    }

    deinit {
        core.stop()
    }

    /// Looks up the addresses of `name`, a full domain name with or without the final dot; no search list is applied.
    /// `completion` is called exactly once, on the resolver's thread; after `shutdown()`, on the caller's.
    package func resolve(_ name: String, completion: @escaping @Sendable (NameResolution) -> Void) {
        if core.submit(.resolve(name, completion)) { return }
        completion(.failure(.shutDown))
    }

    /// Calls `work` on the resolver's thread at `instant` or a little later; never after `shutdown()`.
    package func schedule(at instant: ContinuousClock.Instant, _ work: @escaping @Sendable () -> Void) {
        _ = core.submit(.schedule(instant, work))
    }

    /// Ends the thread and waits for it. What is on its way fails with `NameResolutionError.shutDown`.
    package func shutdown() {
        core.stop()
    }
}

/// What callers and the resolver's thread share.
final class ResolverCore: Sendable {
    enum Work {
        case resolve(String, @Sendable (NameResolution) -> Void)
        case schedule(ContinuousClock.Instant, @Sendable () -> Void)
    }

    private struct State: ~Copyable {
        var submitted: [Work] = []
        var isStopped = false
        var thread: pthread_t?
    }

    let sources: NameSources
    /// Readable when there is something to take; -1 when the system had no descriptor left.
    let wakeDescriptor = weir_eventfd()
    private let state = Mutex(State())

    init(sources: NameSources) {
        self.sources = sources
    }

    deinit {
        if wakeDescriptor >= 0 { close(wakeDescriptor) }
    }

    /// False when the resolver is stopped or its thread cannot be started.
    func submit(_ work: Work) -> Bool {
        let isAccepted = state.withLock { state in
            guard !state.isStopped, wakeDescriptor >= 0 else { return false }
            if state.thread == nil {
                guard let thread = startThread() else { return false }
                state.thread = thread
            }
            state.submitted.append(work)
            return true
        }
        if isAccepted { wake() }
        return isAccepted
    }

    func take() -> (work: [Work], isStopped: Bool) {
        state.withLock { state in
            defer { state.submitted = [] }
            return (state.submitted, state.isStopped)
        }
    }

    /// Idempotent.
    func stop() {
        let thread = state.withLock { state in
            state.isStopped = true
            defer { state.thread = nil }
            return state.thread
        }
        guard let thread else { return }
        wake()
        // The last reference may go away in a closure that runs on the thread itself.
        if pthread_equal(thread, pthread_self()) != 0 {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }

    private func wake() {
        var one: UInt64 = 1
        // It can only fail when the counter is full, and then the thread is awake anyway.
        _ = write(wakeDescriptor, &one, MemoryLayout.size(ofValue: one))
    }

    private func startThread() -> pthread_t? {
        var thread = pthread_t()
        let core = Unmanaged.passRetained(self)
        let error = weir_resolver_thread(
            &thread, "weir-names",
            { argument in
                guard let argument else { return nil }
                var loop = ResolverLoop(core: Unmanaged<ResolverCore>.fromOpaque(argument).takeRetainedValue())
                loop.run()
                return nil
            }, core.toOpaque())
        if error == 0 { return thread }
        core.release()
        return nil
    }
}
