/// Counts events of the last interval, in sixteenths of it: an event is forgotten between one interval and one interval
/// and a sixteenth after it happened, so a limit on the count holds in every interval.
struct SlidingCounter: BitwiseCopyable, Sendable {
    private var slots = InlineArray<17, UInt32>(repeating: 0)
    private(set) var count: UInt64 = 0
    /// The number of the newest slot since the clock's zero.
    private var newest: UInt64 = 0
    private let width: UInt64

    /// - Parameter interval: nanoseconds.
    init(interval: UInt64) { width = max(interval / 16, 1) }

    mutating func add(now: UInt64) {
        advance(to: now)
        let slot = Int(newest % 17)
        guard slots[slot] < .max else { return }
        slots[slot] += 1
        count += 1
    }

    /// Forgets what is too old. A clock that goes back changes nothing.
    mutating func advance(to now: UInt64) {
        let current = now / width
        guard current > newest else { return }
        let steps = min(current - newest, 17)
        for step in 0..<steps {
            let slot = Int((current - step) % 17)
            count -= UInt64(slots[slot])
            slots[slot] = 0
        }
        newest = current
    }
}
