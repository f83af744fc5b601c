extension HuffmanCode {
    /// Bytes that `source` takes when it is coded.
    @inline(__always)
    func encodedCount(_ source: UnsafeRawBufferPointer) -> Int {
        var bits = 0
        for byte in source { bits &+= Int(codes[Int(byte)].length) }
        return (bits &+ 7) &>> 3
    }

    /// Writes `source` coded to `target`, where `encodedCount` bytes fit.
    func encode(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
        // The last `pending` bits, fewer than 32, wait for more.
        var bits: UInt64 = 0
        var pending: UInt64 = 0
        var position = 0
        for byte in source {
            let code = codes[Int(byte)]
            bits = bits &<< UInt64(code.length) | UInt64(code.bits)
            pending &+= UInt64(code.length)
            if pending >= 32 {
                pending &-= 32
                let word = UInt32(truncatingIfNeeded: bits &>> pending)
                target.storeBytes(of: word.bigEndian, toByteOffset: position, as: UInt32.self)
                position &+= 4
            }
        }
        // Padded with ones, the beginning of EOS.
        let padding = (8 &- pending & 7) & 7
        bits = bits &<< padding | (1 &<< padding &- 1)
        pending &+= padding
        while pending > 0 {
            pending &-= 8
            target.storeBytes(
                of: UInt8(truncatingIfNeeded: bits &>> pending), toByteOffset: position, as: UInt8.self)
            position &+= 1
        }
    }
}
