extension HuffmanCode {
    /// No string of `count` coded bytes decodes to more than this: the shortest code has five bits.
    static func maximumDecodedCount(_ count: Int) -> Int { count * 8 / 5 + 1 }

    /// Decodes `source` to `target`, where `maximumDecodedCount` bytes fit, and returns how many there are.
    func decode(
        _ source: UnsafeRawPointer, count: Int, to target: UnsafeMutableRawPointer
    ) throws(HPACKError) -> Int {
        // The next `available` bits stand at the left end of `bits`, with zeros behind them.
        var bits: UInt64 = 0
        var available = 0
        var position = 0
        var written = 0
        while true {
            if available <= 32 {
                if position &+ 4 <= count {
                    let word = UInt32(bigEndian: source.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                    bits |= UInt64(word) &<< UInt64(32 &- available)
                    available &+= 32
                    position &+= 4
                } else {
                    while position < count, available <= 56 {
                        let byte = source.load(fromByteOffset: position, as: UInt8.self)
                        bits |= UInt64(byte) &<< UInt64(56 &- available)
                        available &+= 8
                        position &+= 1
                    }
                }
            }
            let entry = short[Int(bits &>> 56)]
            let length = Int(entry & 0xFF)
            if length != 0, length <= available {
                target.storeBytes(of: UInt8(truncatingIfNeeded: entry &>> 8), toByteOffset: written, as: UInt8.self)
                written &+= 1
                bits &<<= UInt64(length)
                available &-= length
                continue
            }
            guard length == 0, let (symbol, longLength) = longSymbol(bits, available) else {
                return try end(bits, available, written)
            }
            target.storeBytes(of: symbol, toByteOffset: written, as: UInt8.self)
            written &+= 1
            bits &<<= UInt64(longLength)
            available &-= longLength
        }
    }

    /// The symbol whose code of more than eight bits comes next; nil when there is none, or it is EOS.
    @inline(never)
    private func longSymbol(_ bits: UInt64, _ available: Int) -> (UInt8, Int)? {
        let word = UInt32(truncatingIfNeeded: bits &>> 32)
        for index in 0..<longCount {
            let codes = long[index]
            guard codes.length <= available else { return nil }
            guard word >= codes.first else { continue }
            let distance = Int((word &- codes.first) &>> UInt32(32 &- codes.length))
            guard distance < codes.count else { continue }
            let symbol = symbols[codes.offset &+ distance]
            return symbol < 256 ? (UInt8(truncatingIfNeeded: symbol), codes.length) : nil
        }
        return nil
    }

    /// What is left over must be padding: fewer than eight bits, all ones (RFC 7541 section 5.2).
    private func end(_ bits: UInt64, _ available: Int, _ written: Int) throws(HPACKError) -> Int {
        guard available < 8, bits == ~(UInt64.max &>> UInt64(available)) || available == 0 else {
            throw .invalidHuffmanCode
        }
        return written
    }
}
