import Synchronization

/// Resumes a continuation when the last of several threads has arrived.
final class Latch: Sendable {
    private let missing: Atomic<Int>
    private let continuation: CheckedContinuation<Void, Never>

    init(count: Int, continuation: CheckedContinuation<Void, Never>) {
        missing = Atomic(count)
        self.continuation = continuation
    }

    func arrive() {
        if missing.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { continuation.resume() }
    }
}
