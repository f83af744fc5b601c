/// A node that is found by a byte string.
protocol KeyedNode: BitwiseCopyable {
    var key: UnsafeRawBufferPointer { get }
}

/// An immutable hash table from byte strings to nodes, by open addressing. Plain data in an arena.
struct ByteIndex<Node: KeyedNode>: BitwiseCopyable {
    struct Slot: BitwiseCopyable {
        /// Some bits of the key's hash.
        var tag: UInt32
        /// The number of the node plus one; 0 for a free slot.
        var number: UInt32
    }

    private let slots: UnsafePointer<Slot>
    private let mask: UInt64
    let nodes: UnsafeMutablePointer<Node>
    let count: Int
    /// The length of the longest key; -1 when there is none.
    let maximumLength: Int
    /// Bit n is set when some key has a length of n modulo 64.
    private let lengthMask: UInt64

    /// - Parameters:
    ///   - nodes: with distinct keys.
    ///   - hash: of a key, the same that is passed to `find`.
    init(_ nodes: [Node], arena: Arena, hash: (UnsafeRawBufferPointer) -> UInt64) {
        var capacity = 1
        // At most half full; a search always ends at a free slot.
        while capacity < 2 * nodes.count { capacity *= 2 }
        let mask = UInt64(capacity - 1)
        var slots = [Slot](repeating: Slot(tag: 0, number: 0), count: capacity)
        var maximumLength = -1
        var lengthMask: UInt64 = 0
        for (number, node) in nodes.enumerated() {
            let hash = hash(node.key)
            var position = hash & mask
            while slots[Int(position)].number != 0 { position = (position + 1) & mask }
            slots[Int(position)] = Slot(tag: UInt32(truncatingIfNeeded: hash >> 32), number: UInt32(number) + 1)
            maximumLength = max(maximumLength, node.key.count)
            lengthMask |= 1 << UInt64(node.key.count & 63)
        }
        self.slots = arena.place(slots)
        self.mask = mask
        self.nodes = arena.placeMutable(nodes)
        self.count = nodes.count
        self.maximumLength = maximumLength
        self.lengthMask = lengthMask
    }

    /// False when no key has this length.
    @inline(__always)
    func mayHaveKey(ofLength length: Int) -> Bool {
        lengthMask &>> UInt64(truncatingIfNeeded: length & 63) & 1 != 0
    }

    @inline(__always)
    func find(_ key: UnsafeRawBufferPointer, hash: UInt64) -> UnsafePointer<Node>? {
        var position = hash & mask
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        while true {
            let slot = slots[Int(truncatingIfNeeded: position)]
            if slot.number == 0 { return nil }
            if slot.tag == tag {
                let node = nodes + Int(slot.number &- 1)
                if Bytes.equal(node.pointee.key, key) { return UnsafePointer(node) }
            }
            position = (position &+ 1) & mask
        }
    }
}
