/// What is known of one stream.
struct StreamState: BitwiseCopyable {
    enum Phase: UInt8, BitwiseCopyable {
        case open
        /// This side has said all.
        case halfClosedLocal
        /// The peer has said all.
        case halfClosedRemote
        /// Nothing comes or goes any more; the driver has not released it yet.
        case closed
    }

    var phase: Phase = .open
    /// The final head has arrived.
    var hasHead = false
    /// The request is HEAD, or the response has none of the body that its Content-Length tells of.
    var hasNoBody = false
    /// Body bytes that this side may send; negative after the peer made the initial window smaller.
    var sendWindow: Int
    /// Body bytes that the peer may send.
    var receiveWindow: Int
    /// Body bytes that were handed out and not credited yet.
    var outstanding = 0
    /// Credited bytes that the peer has not been told of.
    var untold = 0
    /// Body bytes still to come of the announced Content-Length; -1 without one.
    var remaining: Int64 = -1

    var peerMaySend: Bool { phase == .open || phase == .halfClosedLocal }
    var mayWeSend: Bool { phase == .open || phase == .halfClosedRemote }
}

/// The streams that are open, or not yet released, by slot. A slot stays the same for the life of its stream. There are few
/// (SETTINGS_MAX_CONCURRENT_STREAMS), so that looking through their identifiers is quicker than any map.
struct StreamTable: ~Copyable {
    private(set) var ids: UnsafeMutablePointer<UInt32>?
    private(set) var states: UnsafeMutablePointer<StreamState>?
    private var capacity = 0
    /// Slots in use, one more than the highest.
    private(set) var end = 0
    private(set) var count = 0
    private var lastFound = 0

    init() {}

    deinit {
        ids?.deallocate()
        states?.deallocate()
    }

    /// The slot of `stream`; -1 when it has none.
    @inline(__always)
    mutating func find(_ stream: UInt32) -> Int {
        guard let ids else { return -1 }
        if lastFound < end, ids[lastFound] == stream { return lastFound }
        for slot in 0..<end where ids[slot] == stream {
            lastFound = slot
            return slot
        }
        return -1
    }

    /// The identifier of the stream in `slot`, 0 when it is free.
    @inline(__always)
    func id(_ slot: Int) -> UInt32 {
        guard let ids, slot >= 0, slot < end else { return 0 }
        return ids[slot]
    }

    @inline(__always)
    func state(_ slot: Int) -> UnsafeMutablePointer<StreamState>? {
        guard let states, slot >= 0, slot < end else { return nil }
        return states + slot
    }

    mutating func insert(_ stream: UInt32, _ state: StreamState) -> Int {
        if count == end, end == capacity { grow() }
        guard let ids, let states else { return -1 }
        var slot = end
        if count < end {
            slot = 0
            while ids[slot] != 0 { slot += 1 }
        } else {
            end += 1
        }
        ids[slot] = stream
        (states + slot).initialize(to: state)
        count += 1
        lastFound = slot
        return slot
    }

    mutating func remove(_ slot: Int) {
        guard let ids, slot >= 0, slot < end, ids[slot] != 0 else { return }
        ids[slot] = 0
        count -= 1
        while end > 0, ids[end - 1] == 0 { end -= 1 }
        if end == 0 { release() }
    }

    /// An idle connection keeps room for a few streams only.
    private mutating func release() {
        guard capacity > 16 else { return }
        ids?.deallocate()
        states?.deallocate()
        ids = nil
        states = nil
        capacity = 0
    }

    private mutating func grow() {
        let newCapacity = max(8, capacity * 2)
        let newIDs = UnsafeMutablePointer<UInt32>.allocate(capacity: newCapacity)
        let newStates = UnsafeMutablePointer<StreamState>.allocate(capacity: newCapacity)
        newIDs.initialize(repeating: 0, count: newCapacity)
        if let ids, let states {
            newIDs.update(from: ids, count: end)
            newStates.moveInitialize(from: states, count: end)
            ids.deallocate()
            states.deallocate()
        }
        ids = newIDs
        states = newStates
        capacity = newCapacity
    }
}
