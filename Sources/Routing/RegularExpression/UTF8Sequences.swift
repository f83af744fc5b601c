/// Splits a range of code points into sequences of byte ranges: a code point is in the range exactly if its UTF-8 form
/// runs through one of the sequences. Surrogates have no UTF-8 form and drop out.
enum UTF8Sequences {
    typealias ByteRange = ClosedRange<UInt8>

    /// Code points with encodings of the same length; those of three bytes lie on both sides of the surrogates.
    private static let lengths: [(range: ClosedRange<UInt32>, length: Int)] = [
        (0...0x7F, 1), (0x80...0x7FF, 2), (0x800...0xD7FF, 3), (0xE000...0xFFFF, 3), (0x10000...0x10FFFF, 4),
    ]

    static func forEach(in range: ClosedRange<UInt32>, _ body: ([ByteRange]) -> Void) {
        for (limits, length) in lengths where range.overlaps(limits) {
            split(range.clamped(to: limits), length: length, body)
        }
    }

    /// Cuts the range until the last bytes of its ends run through all values, so that every byte can be chosen
    /// independently of the others.
    private static func split(_ range: ClosedRange<UInt32>, length: Int, _ body: ([ByteRange]) -> Void) {
        let (low, high) = (range.lowerBound, range.upperBound)
        for position in 1..<max(length, 1) {
            let mask: UInt32 = (1 << (6 * UInt32(position))) - 1
            guard low & ~mask != high & ~mask else { continue }
            if low & mask != 0 {
                split(low...(low | mask), length: length, body)
                split((low | mask) + 1...high, length: length, body)
                return
            }
            if high & mask != mask {
                split(low...(high & ~mask) - 1, length: length, body)
                split(high & ~mask...high, length: length, body)
                return
            }
        }
        body(zip(bytes(of: low, length: length), bytes(of: high, length: length)).map { $0...$1 })
    }

    private static func bytes(of scalar: UInt32, length: Int) -> [UInt8] {
        if length == 1 { return [UInt8(truncatingIfNeeded: scalar)] }
        var result: [UInt8] = []
        for position in (0..<length).reversed() {
            let bits = UInt8(truncatingIfNeeded: scalar >> (6 * UInt32(position)))
            result.append(bits & 0x3F | 0x80)
        }
        let lead: UInt8 = length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0
        result[0] = lead | UInt8(truncatingIfNeeded: scalar >> (6 * UInt32(length - 1)))
        return result
    }
}
