/// Hashes of byte strings for the routing table. The seed is random, so nobody who writes routes can make many of them
/// collide.
enum ByteHash {
    /// The hash of a whole string, eight bytes at a time.
    @inline(__always)
    static func whole(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        guard let base = bytes.baseAddress else { return finish(seed) }
        var hash = seed ^ UInt64(truncatingIfNeeded: bytes.count)
        var offset = 0
        while offset + 8 <= bytes.count {
            hash = mix(hash ^ base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        if offset < bytes.count {
            if bytes.count >= 8 {
                // Overlaps with bytes that are in the hash already, which does no harm.
                hash = mix(hash ^ base.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
            } else {
                var word: UInt64 = 0
                while offset < bytes.count {
                    word = word << 8 | UInt64(bytes[offset])
                    offset += 1
                }
                hash = mix(hash ^ word)
            }
        }
        return hash
    }

    /// One more byte for a hash that is wanted at many places of a string; `finish` makes it fit for a table.
    @inline(__always)
    static func rolling(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    @inline(__always)
    static func finish(_ hash: UInt64) -> UInt64 { mix(hash) }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
