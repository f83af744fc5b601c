import Glibc

/// Encodes header blocks (RFC 7541).
///
/// A field gets into the dynamic table when it comes a second time, so that values which never repeat do not push out those
/// that do. Sensitive fields never get there, and are marked so that no hop further on puts them into one
/// (RFC 7541 section 7.1.3).
package struct HeaderEncoder: ~Copyable {
    /// Largest table that is used, whatever the peer allows.
    package static var maximumTableSize: Int { 4096 }
    private static var memoryCount: Int { 64 }

    private let huffman = HuffmanCode.shared
    private let statics = StaticTable.entries
    private var table = DynamicTable(maximumSize: 4096)
    /// Hashes of fields that came once.
    private var memory: UnsafeMutablePointer<UInt32>?
    /// The smallest size since the last block, when the peer is to be told; -1 otherwise.
    private var smallestSize = -1

    package init() {}

    deinit {
        memory?.deallocate()
    }

    /// The peer's SETTINGS_HEADER_TABLE_SIZE.
    package mutating func setTableLimit(_ limit: Int) {
        let size = min(limit, Self.maximumTableSize)
        guard size != table.maximumSize else { return }
        smallestSize = smallestSize < 0 ? size : min(smallestSize, size)
        table.setMaximumSize(size)
    }

    /// Begins a block: returns where its first field goes. At most 8 bytes.
    package mutating func begin(at target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        guard smallestSize >= 0 else { return target }
        var target = target
        if smallestSize < table.maximumSize { target = integer(smallestSize, 0x20, mask: 0x1F, target) }
        smallestSize = -1
        return integer(table.maximumSize, 0x20, mask: 0x1F, target)
    }

    /// Most bytes that a field takes.
    @inline(__always)
    package static func maximumCount(name: Int, value: Int) -> Int { name + value + 16 }

    /// Writes a field at `target` and returns where the next one goes.
    ///
    /// - Parameter name: in lower case.
    @inline(__always)
    package mutating func encode(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, at target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        let nameHash = FieldHash.hash(name)
        return encode(
            name: name, nameHash: nameHash, staticIndex: StaticTable.index(ofName: name, hash: nameHash), value: value,
            at: target)
    }

    /// The same with a name of the static table.
    package mutating func encode(
        staticIndex: Int, value: UnsafeRawBufferPointer, at target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        let name = statics[staticIndex].nameBytes
        return encode(
            name: name, nameHash: FieldHash.hash(name), staticIndex: staticIndex, value: value, at: target)
    }

    /// Writes the static entry `index` as a whole.
    package func encode(staticEntry index: Int, at target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        integer(index, 0x80, mask: 0x7F, target)
    }

    private mutating func encode(
        name: UnsafeRawBufferPointer, nameHash: UInt32, staticIndex: Int, value: UnsafeRawBufferPointer,
        at target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        if Self.isSensitive(staticIndex) {
            return literal(0x10, mask: 0x0F, index: staticIndex, name: name, value: value, target)
        }
        let hash = FieldHash.hash(value, seed: nameHash) | 1
        var nameIndex = staticIndex
        for age in 0..<table.count {
            guard let entry = table.entry(age) else { break }
            if entry.hash == hash, matches(entry, name, value) {
                return integer(StaticTable.count &+ 1 &+ age, 0x80, mask: 0x7F, target)
            }
            if nameIndex == 0, entry.nameHash == nameHash, matches(entry, name) {
                nameIndex = StaticTable.count &+ 1 &+ age
            }
        }
        if staticIndex > 0, FieldHash.same(statics[staticIndex].valueBytes, value), value.count > 0 {
            return integer(staticIndex, 0x80, mask: 0x7F, target)
        }
        // An entry that would push out a good part of the others is not worth it.
        guard (name.count &+ value.count) &* 4 < table.maximumSize, isSecond(hash) else {
            return literal(0x00, mask: 0x0F, index: nameIndex, name: name, value: value, target)
        }
        let end = literal(0x40, mask: 0x3F, index: nameIndex, name: name, value: value, target)
        table.insert(name: name, value: value, nameHash: nameHash, hash: hash)
        return end
    }

    /// authorization, cookie, proxy-authorization, set-cookie.
    @inline(__always)
    private static func isSensitive(_ staticIndex: Int) -> Bool {
        switch staticIndex {
        case 23, 32, 49, 55: true
        default: false
        }
    }

    private func matches(_ entry: DynamicTable.Entry, _ name: UnsafeRawBufferPointer) -> Bool {
        guard let bytes = table.name(of: entry) else { return false }
        return FieldHash.same(UnsafeRawBufferPointer(start: bytes, count: Int(entry.nameLength)), name)
    }

    private func matches(
        _ entry: DynamicTable.Entry, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) -> Bool {
        guard let bytes = table.name(of: entry), matches(entry, name) else { return false }
        return FieldHash.same(
            UnsafeRawBufferPointer(start: bytes + Int(entry.nameLength), count: Int(entry.valueLength)), value)
    }

    /// Whether a field with this hash came before, not too long ago.
    private mutating func isSecond(_ hash: UInt32) -> Bool {
        let slot = Int(hash &>> 8) & (Self.memoryCount &- 1)
        guard let memory else {
            let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: Self.memoryCount)
            memory.initialize(repeating: 0, count: Self.memoryCount)
            memory[slot] = hash
            self.memory = memory
            return false
        }
        if memory[slot] == hash { return true }
        memory[slot] = hash
        return false
    }

    private func literal(
        _ pattern: UInt8, mask: UInt8, index: Int, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer,
        _ target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var target = integer(index, pattern, mask: mask, target)
        if index == 0 { target = string(name, target) }
        return string(value, target)
    }

    private func string(
        _ text: UnsafeRawBufferPointer, _ target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        guard let base = text.baseAddress else { return integer(0, 0x00, mask: 0x7F, target) }
        let coded = huffman.encodedCount(text)
        if coded < text.count {
            let start = integer(coded, 0x80, mask: 0x7F, target)
            huffman.encode(text, to: start)
            return start + coded
        }
        let start = integer(text.count, 0x00, mask: 0x7F, target)
        memcpy(start, base, text.count)
        return start + text.count
    }

    @inline(__always)
    private func integer(
        _ value: Int, _ pattern: UInt8, mask: UInt8, _ target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        if value < Int(mask) {
            target.storeBytes(of: pattern | UInt8(truncatingIfNeeded: value), as: UInt8.self)
            return target + 1
        }
        target.storeBytes(of: pattern | mask, as: UInt8.self)
        var target = target + 1
        var rest = value &- Int(mask)
        while rest >= 0x80 {
            target.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            target += 1
            rest &>>= 7
        }
        target.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        return target + 1
    }
}
