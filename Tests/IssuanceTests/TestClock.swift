import KubernetesTypes
import Synchronization

@testable import Issuance

/// Stands still until it is set; sleepers wake then.
final class TestClock: CertificateClock {
    private struct State {
        var now: Timestamp
        var sleepers: [(moment: Timestamp, id: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var count = 0
    }

    private let state: Mutex<State>

    init(_ now: Int64 = 1_800_000_000) {
        state = Mutex(State(now: Timestamp(secondsSince1970: now)))
    }

    var now: Timestamp { state.withLock(\.now) }

    /// The moments that somebody waits for.
    var awaited: [Timestamp] { state.withLock { $0.sleepers.map(\.moment).sorted() } }

    func sleep(until moment: Timestamp) async throws {
        let id = state.withLock { state in
            state.count += 1
            return state.count
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || state.now >= moment { return true }
                    state.sleepers.append((moment, id, continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume()
        }
        try Task.checkCancellation()
    }

    func set(_ now: Timestamp) {
        let woken = state.withLock { state in
            state.now = now
            let woken = state.sleepers.filter { $0.moment <= now }
            state.sleepers.removeAll { $0.moment <= now }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    func advance(_ seconds: Int64) {
        set(Timestamp(secondsSince1970: now.secondsSince1970 + seconds))
    }
}
