import Glibc

/// The dynamic table (RFC 7541 section 2.3.2): the newest entry has index 62. Bytes and entries are kept in one piece of
/// memory each, which grow with what is in the table: an idle connection has what its peer made it keep, 4096 bytes at most.
struct DynamicTable: ~Copyable {
    struct Entry: BitwiseCopyable {
        var offset: UInt32
        var nameLength: UInt32
        var valueLength: UInt32
        /// Of the encoder's search; 0 in a decoder's table.
        var hash: UInt32
        var nameHash: UInt32

        /// What it counts for (RFC 7541 section 4.1).
        var size: Int { Int(nameLength) + Int(valueLength) + DynamicTable.overhead }
    }

    static let overhead = 32

    private var bytes: UnsafeMutableRawPointer?
    private var byteCapacity = 0
    private var byteEnd = 0
    private var entries: UnsafeMutablePointer<Entry>?
    private var entryCapacity = 0
    /// Position of the oldest entry.
    private var first = 0
    private(set) var count = 0
    /// Sum of the sizes of all entries.
    private(set) var size = 0
    private(set) var maximumSize: Int

    init(maximumSize: Int) {
        self.maximumSize = maximumSize
    }

    deinit {
        free(bytes)
        entries?.deallocate()
    }

    /// The entry that is `age` insertions old; 0...count - 1.
    @inline(__always)
    func entry(_ age: Int) -> Entry? {
        guard age < count, let entries else { return nil }
        return entries[(first &+ count &- 1 &- age) & (entryCapacity &- 1)]
    }

    /// The bytes of an entry's name; those of its value follow. Valid until the table changes.
    @inline(__always)
    func name(of entry: Entry) -> UnsafeRawPointer? {
        bytes.map { UnsafeRawPointer($0 + Int(entry.offset)) }
    }

    mutating func setMaximumSize(_ size: Int) {
        maximumSize = size
        evict(to: size)
    }

    /// Inserts an entry; one that is larger than the table empties it (RFC 7541 section 4.4). `name` and `value` do not
    /// stand in this table.
    mutating func insert(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, nameHash: UInt32 = 0, hash: UInt32 = 0
    ) {
        let length = name.count + value.count
        let size = length + Self.overhead
        guard size <= maximumSize else { return evict(to: 0) }
        evict(to: maximumSize - size)
        let target = reserveBytes(length)
        if let base = name.baseAddress { memcpy(target, base, name.count) }
        if let base = value.baseAddress { memcpy(target + name.count, base, value.count) }
        append(
            Entry(
                offset: UInt32(truncatingIfNeeded: byteEnd), nameLength: UInt32(truncatingIfNeeded: name.count),
                valueLength: UInt32(truncatingIfNeeded: value.count), hash: hash, nameHash: nameHash))
        byteEnd += length
        self.size += size
    }

    /// Removes the oldest entries until at most `limit` remains.
    private mutating func evict(to limit: Int) {
        guard let entries else { return }
        while size > limit, count > 0 {
            size -= entries[first].size
            first = (first + 1) & (entryCapacity - 1)
            count -= 1
        }
    }

    private mutating func append(_ entry: Entry) {
        if count == entryCapacity { growEntries() }
        guard let entries else { return }
        entries[(first + count) & (entryCapacity - 1)] = entry
        count += 1
    }

    private mutating func growEntries() {
        let capacity = max(8, entryCapacity * 2)
        let grown = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
        if let entries {
            for index in 0..<count { (grown + index).initialize(to: entries[(first + index) & (entryCapacity - 1)]) }
            entries.deallocate()
        }
        entries = grown
        entryCapacity = capacity
        first = 0
    }

    /// Room for `length` bytes behind those of the newest entry.
    private mutating func reserveBytes(_ length: Int) -> UnsafeMutableRawPointer {
        if let bytes, byteCapacity - byteEnd >= length { return bytes + byteEnd }
        let start = count > 0 ? Int(entry(count - 1)?.offset ?? 0) : byteEnd
        let used = byteEnd - start
        // Twice what is used, so that moving is rare.
        let capacity = max(256, (used + length) * 2)
        guard let grown = malloc(capacity) else { fatalError("out of memory") }
        if let bytes {
            memcpy(grown, bytes + start, used)
            free(bytes)
        }
        bytes = grown
        byteCapacity = capacity
        if let entries {
            for index in 0..<count {
                entries[(first + index) & (entryCapacity - 1)].offset -= UInt32(truncatingIfNeeded: start)
            }
        }
        byteEnd = used
        return grown + used
    }
}
