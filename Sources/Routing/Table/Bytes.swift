/// Comparison of byte strings, eight bytes at a time: for the short strings of routing this is faster than a call of
/// `memcmp`, and it needs no C library.
enum Bytes {
    @inline(__always)
    static func equal(_ lhs: UnsafeRawBufferPointer, _ rhs: UnsafeRawBufferPointer) -> Bool {
        let count = lhs.count
        guard count == rhs.count else { return false }
        guard let left = lhs.baseAddress, let right = rhs.baseAddress else { return count == 0 }
        if count >= 8 {
            var offset = 0
            while offset + 8 <= count {
                if word(left, offset) != word(right, offset) { return false }
                offset += 8
            }
            return word(left, count - 8) == word(right, count - 8)
        }
        for offset in 0..<count where lhs[offset] != rhs[offset] { return false }
        return true
    }

    @inline(__always)
    private static func word(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}
