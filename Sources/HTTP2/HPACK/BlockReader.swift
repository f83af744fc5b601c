/// Reads the primitives of a header block (RFC 7541 section 5).
struct BlockReader: BitwiseCopyable {
    let base: UnsafeRawPointer
    var position: Int
    let end: Int

    @inline(__always)
    mutating func byte() throws(HPACKError) -> UInt8 {
        guard position < end else { throw .truncated }
        defer { position &+= 1 }
        return base.load(fromByteOffset: position, as: UInt8.self)
    }

    /// The integer whose prefix is the low bits of `first`, as many as `mask` has.
    @inline(__always)
    mutating func integer(_ first: UInt8, mask: UInt8) throws(HPACKError) -> Int {
        let prefix = first & mask
        return prefix < mask ? Int(prefix) : try longInteger(from: Int(mask))
    }

    @inline(never)
    private mutating func longInteger(from start: Int) throws(HPACKError) -> Int {
        var value = start
        var shift = 0
        while true {
            let next = try byte()
            guard shift <= 21 else { throw .integerTooLarge }
            value += Int(next & 0x7F) << shift
            shift += 7
            if next & 0x80 == 0 { return value }
        }
    }

    /// Decodes a string to `target` and returns its length. Never more than `HuffmanCode.maximumDecodedCount` of what is
    /// left of the block.
    @inline(__always)
    mutating func string(to target: UnsafeMutableRawPointer, _ huffman: HuffmanCode) throws(HPACKError) -> Int {
        let first = try byte()
        let length = try integer(first, mask: 0x7F)
        guard length <= end &- position else { throw .truncated }
        defer { position &+= length }
        if first & 0x80 != 0 { return try huffman.decode(base + position, count: length, to: target) }
        target.copyMemory(from: base + position, byteCount: length)
        return length
    }
}
