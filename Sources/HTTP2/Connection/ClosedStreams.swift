/// The last streams that were closed, and how: what a peer may still send on one depends on it (RFC 9113 section 5.1).
struct ClosedStreams: ~Copyable {
    enum Reason: UInt32, BitwiseCopyable {
        /// Both sides had said all.
        case ended = 1
        case resetByPeer = 2
        /// The peer may not know yet.
        case resetByUs = 3
    }

    private static var capacity: Int { 128 }
    /// Pairs of identifier and reason in one word each: identifiers have 31 bits and those of requests are odd.
    private var ring: UnsafeMutablePointer<UInt64>?
    private var next = 0

    init() {}

    deinit {
        ring?.deallocate()
    }

    mutating func note(_ stream: UInt32, _ reason: Reason) {
        let ring = ring ?? Self.makeRing()
        self.ring = ring
        ring[next] = UInt64(stream) << 2 | UInt64(reason.rawValue)
        next = (next + 1) & (Self.capacity - 1)
    }

    /// How `stream` was closed; nil when it never was open, or that is too long ago.
    func reason(_ stream: UInt32) -> Reason? {
        guard let ring else { return nil }
        for index in 0..<Self.capacity where ring[index] >> 2 == UInt64(stream) {
            return Reason(rawValue: UInt32(truncatingIfNeeded: ring[index] & 3))
        }
        return nil
    }

    private static func makeRing() -> UnsafeMutablePointer<UInt64> {
        let ring = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        ring.initialize(repeating: 0, count: capacity)
        return ring
    }
}
