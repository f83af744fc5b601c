/// Deadlines of descriptors, swept coarsely: an entry per file descriptor, in raw memory, without a heap object per
/// timer. Moving a deadline later, which every request does, is one store; the entry is moved when its old slot comes
/// up. A deadline fires at most one tick late.
struct TimerWheel: ~Copyable {
    /// Length of a tick in nanoseconds (about 16.8 ms; a power of two so that no division is needed).
    static let tickShift: UInt64 = 24
    private static let slotCount = 4096

    private struct Entry: BitwiseCopyable {
        /// The tick at which to fire; 0 = none.
        var deadline: UInt64 = 0
        /// The tick whose slot holds the entry; 0 = in no slot.
        var scheduled: UInt64 = 0
        var next: Int32 = -1
        var previous: Int32 = -1
    }

    private var entries: UnsafeMutablePointer<Entry>
    private var capacity: Int
    /// Head descriptor of every slot's list, -1 when empty.
    private let slots: UnsafeMutablePointer<Int32>
    private(set) var currentTick: UInt64
    /// Number of entries that stand in some slot.
    private var scheduledCount = 0
    /// No slot before this tick holds an entry: saves the search on every turn of the loop.
    private var earliest: UInt64 = 0

    init(now: UInt64) {
        capacity = 256
        entries = .allocate(capacity: capacity)
        entries.initialize(repeating: Entry(), count: capacity)
        slots = .allocate(capacity: Self.slotCount)
        slots.initialize(repeating: -1, count: Self.slotCount)
        currentTick = now >> Self.tickShift
    }

    deinit {
        entries.deallocate()
        slots.deallocate()
    }

    /// Milliseconds until the next slot that holds an entry; nil when there is none.
    mutating func millisecondsToNext(now: UInt64) -> Int32? {
        guard scheduledCount > 0 else { return nil }
        if earliest <= currentTick {
            earliest = currentTick + 1
            let last = currentTick + UInt64(Self.slotCount)
            while earliest < last, slots[Int(earliest) & (Self.slotCount - 1)] < 0 { earliest += 1 }
        }
        let due = (earliest + 1) << Self.tickShift
        return due <= now ? 0 : Int32((due - now) / 1_000_000) + 1
    }

    /// Sets the deadline of `descriptor` to `time` (nanoseconds of the loop's clock), replacing an earlier one.
    mutating func set(_ descriptor: Int32, at time: UInt64) {
        guard descriptor >= 0 else { return }
        reserve(descriptor)
        let index = Int(descriptor)
        let tick = max(time >> Self.tickShift, currentTick + 1)
        entries[index].deadline = tick
        let scheduled = entries[index].scheduled
        if scheduled != 0, scheduled <= tick { return }
        if scheduled != 0 { unlink(descriptor) }
        link(descriptor, tick: tick)
    }

    /// Forgets the deadline. The entry may stay in its slot; it is dropped when the slot comes up.
    mutating func clear(_ descriptor: Int32) {
        guard descriptor >= 0, Int(descriptor) < capacity else { return }
        entries[Int(descriptor)].deadline = 0
    }

    /// Takes a descriptor that is about to be closed out of the wheel.
    mutating func remove(_ descriptor: Int32) {
        guard descriptor >= 0, Int(descriptor) < capacity else { return }
        entries[Int(descriptor)].deadline = 0
        if entries[Int(descriptor)].scheduled != 0 { unlink(descriptor) }
    }

    /// Moves the clock on and returns one descriptor whose deadline has come; nil when there is none left.
    mutating func popExpired(now: UInt64) -> Int32? {
        let target = now >> Self.tickShift
        while true {
            let slot = Int(currentTick) & (Self.slotCount - 1)
            var descriptor = slots[slot]
            while descriptor >= 0 {
                let entry = entries[Int(descriptor)]
                if entry.scheduled <= currentTick {
                    unlink(descriptor)
                    if entry.deadline != 0, entry.deadline <= currentTick {
                        entries[Int(descriptor)].deadline = 0
                        return descriptor
                    }
                    if entry.deadline != 0 { link(descriptor, tick: entry.deadline) }
                }
                descriptor = entry.next
            }
            guard currentTick + 1 <= target else { return nil }
            if scheduledCount == 0 {
                currentTick = target
                return nil
            }
            currentTick += 1
        }
    }

    private mutating func link(_ descriptor: Int32, tick: UInt64) {
        // Beyond the horizon the entry waits in the last slot and is linked again from there.
        let slotTick = min(tick, currentTick + UInt64(Self.slotCount) - 1)
        let slot = Int(slotTick) & (Self.slotCount - 1)
        let head = slots[slot]
        entries[Int(descriptor)].scheduled = slotTick
        entries[Int(descriptor)].next = head
        entries[Int(descriptor)].previous = -1
        if head >= 0 { entries[Int(head)].previous = descriptor }
        slots[slot] = descriptor
        scheduledCount += 1
        earliest = min(earliest, slotTick)
    }

    private mutating func unlink(_ descriptor: Int32) {
        let entry = entries[Int(descriptor)]
        if entry.previous >= 0 {
            entries[Int(entry.previous)].next = entry.next
        } else {
            slots[Int(entry.scheduled) & (Self.slotCount - 1)] = entry.next
        }
        if entry.next >= 0 { entries[Int(entry.next)].previous = entry.previous }
        entries[Int(descriptor)].scheduled = 0
        entries[Int(descriptor)].next = -1
        entries[Int(descriptor)].previous = -1
        scheduledCount -= 1
    }

    private mutating func reserve(_ descriptor: Int32) {
        guard Int(descriptor) >= capacity else { return }
        let newCapacity = max(capacity * 2, Int(descriptor) + 1)
        let grown = UnsafeMutablePointer<Entry>.allocate(capacity: newCapacity)
        grown.moveInitialize(from: entries, count: capacity)
        (grown + capacity).initialize(repeating: Entry(), count: newCapacity - capacity)
        entries.deallocate()
        entries = grown
        capacity = newCapacity
    }
}
