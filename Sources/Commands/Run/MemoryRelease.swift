import CLinux
import Synchronization

/// Gives memory that a change of the configuration left behind back to the system: a change of many routes needs for a
/// moment what the routes themselves take, and the heap keeps it.
///
/// Some time after the last change, so that a series of changes costs one walk through the heap.
final class MemoryRelease: Sendable {
    private let pause: Duration
    private let changes = Mutex(0)

    init(pause: Duration = .seconds(2)) {
        self.pause = pause
    }

    func configurationChanged() {
        let change = changes.withLock { changes in
            changes += 1
            return changes
        }
        Task.detached(priority: .background) { [self] in
            try await Task.sleep(for: pause)
            if changes.withLock({ $0 == change }) { weir_release_unused_memory() }
        }
    }
}
