#if canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Manifests in files and directories, now and whenever they change.
package struct ManifestSource: Sendable {
    /// How the source waits before it looks at changed files.
    package struct Timing: Sendable {
        /// Without events for so long, a series of changes is taken for complete.
        package var quietPeriod = Duration.milliseconds(2)
        /// After so long the files are looked at even if changes go on.
        package var longestDelay = Duration.milliseconds(50)
        /// How often the files are looked at without any event, for file systems that report none.
        package var rescanInterval = Duration.seconds(10)

        package init() {}
    }

    private let paths: [String]
    private let readsStandardInput: Bool
    private let defaultNamespace: String
    private let timing: Timing

    /// - Parameters:
    ///   - paths: files, directories with everything below them, and `-` for the standard input.
    ///   - defaultNamespace: the namespace of objects that do not state one.
    package init(paths: [String], defaultNamespace: String = "default", timing: Timing = Timing()) {
        self.paths = paths.filter { $0 != "-" }
        readsStandardInput = paths.contains("-")
        self.defaultNamespace = defaultNamespace
        self.timing = timing
    }

    /// Reads everything once.
    /// - Parameter onRead: sees what every file contains, in no particular order.
    package func load(
        onRead: (_ file: String, _ contents: FileContents) -> Void = { _, _ in }
    ) -> ManifestSnapshot {
        var reader = Reader(self)
        return reader.initialSnapshot(watch: { _ in }, onRead: onRead)
    }

    /// The objects as they are now, and again after every change. A slow consumer misses intermediate states only.
    /// The watching ends with the iteration.
    package func snapshots() -> AsyncStream<ManifestSnapshot> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            // The read end becomes readable when the write end is closed, which tells the thread to end.
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { return finish(continuation) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            let (stop, stopper, source) = (ends[0], ends[1], self)
            let isRunning = startThread {
                source.run(stop: stop, continuation: continuation)
                close(stop)
            }
            guard isRunning else {
                close(stop)
                close(stopper)
                return finish(continuation)
            }
            continuation.onTermination = { _ in close(stopper) }
        }
    }
}

// MARK: The watching thread

extension ManifestSource {
    /// The process has no descriptors or threads left to watch with.
    private func finish(_ continuation: AsyncStream<ManifestSnapshot>.Continuation) {
        continuation.yield(load())
        continuation.finish()
    }

    /// What the watching thread owns.
    private struct Reader {
        var scanner: FileScanner
        var store: ManifestStore
        let readsStandardInput: Bool

        init(_ source: ManifestSource) {
            scanner = FileScanner(paths: source.paths)
            store = ManifestStore(defaultNamespace: source.defaultNamespace)
            readsStandardInput = source.readsStandardInput
        }

        mutating func initialSnapshot(
            watch: FileScanner.Watch, onRead: (String, FileContents) -> Void = { _, _ in }
        ) -> ManifestSnapshot {
            if readsStandardInput {
                let bytes = FileScanner.read(STDIN_FILENO, atMost: DocumentLimits().bytes)
                let contents = bytes.map(FileContents.bytes) ?? .unreadable(systemErrorMessage())
                onRead("<stdin>", contents)
                store.update(file: "<stdin>", contents: contents)
            }
            _ = update(watch: watch, isBeingWritten: { _ in false }, onRead: onRead)
            return store.snapshot()
        }

        /// - Returns: whether anything changed.
        mutating func update(
            watch: FileScanner.Watch, isBeingWritten: (String) -> Bool,
            onRead: (String, FileContents) -> Void = { _, _ in }
        ) -> Bool {
            let changes = scanner.scan(watch: watch, isBeingWritten: isBeingWritten)
            for (file, change) in changes {
                switch change {
                case .contents(let contents):
                    onRead(file, contents)
                    store.update(file: file, contents: contents)
                case .removed: store.remove(file: file)
                }
            }
            return !changes.isEmpty
        }
    }

    private func run(stop: Int32, continuation: AsyncStream<ManifestSnapshot>.Continuation) {
        var reader = Reader(self)
        guard var inotify = Inotify() else {
            return runWithoutEvents(&reader, stop: stop, continuation: continuation)
        }
        var writes = PendingWrites()
        continuation.yield(reader.initialSnapshot { inotify.watch($0) })
        while waitForChange(&inotify, &writes, stop: stop) {
            let changed = reader.update(watch: { inotify.watch($0) }, isBeingWritten: writes.contains)
            if changed { continuation.yield(reader.store.snapshot()) }
        }
    }

    /// - Returns: false when the thread should end.
    private func waitForChange(_ inotify: inout Inotify, _ writes: inout PendingWrites, stop: Int32) -> Bool {
        let clock = ContinuousClock()
        let rescan = clock.now + timing.rescanInterval
        var firstChange: ContinuousClock.Instant?
        while true {
            var wakeUp = min(rescan, writes.nextDeadline ?? rescan)
            if let firstChange {
                wakeUp = min(clock.now + timing.quietPeriod, firstChange + timing.longestDelay)
            }
            let timeout = max(0, milliseconds(wakeUp - clock.now))
            guard inotify.wait(stop: stop, milliseconds: timeout) else { return false }
            let now = clock.now
            let events = inotify.events()
            if events.isEmpty, firstChange != nil { return true }
            for event in events {
                let calls = writes.note(event, directories: inotify.directories[event.watch] ?? [], at: now)
                if calls, firstChange == nil { firstChange = now }
            }
            if writes.expire(at: now), firstChange == nil { firstChange = now }
            if let firstChange, now >= firstChange + timing.longestDelay { return true }
            if now >= rescan { return true }
        }
    }

    /// The system has no inotify instance left: look at the files once per second.
    private func runWithoutEvents(
        _ reader: inout Reader, stop: Int32, continuation: AsyncStream<ManifestSnapshot>.Continuation
    ) {
        continuation.yield(reader.initialSnapshot(watch: { _ in }))
        var descriptor = pollfd(fd: stop, events: Int16(POLLIN), revents: 0)
        while poll(&descriptor, 1, 1000) <= 0 {
            if reader.update(watch: { _ in }, isBeingWritten: { _ in false }) {
                continuation.yield(reader.store.snapshot())
            }
        }
    }

    /// Rounded up, so that a wait does not end before its time.
    private func milliseconds(_ duration: Duration) -> Int32 {
        Int32(clamping: Int64((duration / .milliseconds(1)).rounded(.up)))
    }
}

/// Runs blocking code outside of the cooperative thread pool.
/// - Returns: false when there is no thread to be had.
private func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    final class Box: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body))
    let result = pthread_create(
        &thread, nil,
        { pointer in
            if let pointer { Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body() }
            return nil
        }, box.toOpaque())
    guard result == 0 else {
        box.release()
        return false
    }
    pthread_detach(thread)
    return true
}
