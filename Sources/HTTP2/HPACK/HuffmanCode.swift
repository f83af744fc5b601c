/// The Huffman code of HPACK (RFC 7541 appendix B). It is canonical (symbols of equal length have consecutive codes, in
/// order), so the lengths say everything.
struct HuffmanCode {
    struct Code: BitwiseCopyable {
        var bits: UInt32
        var length: UInt32
    }

    /// Code words by symbol, the 256 bytes.
    let codes: UnsafePointer<Code>
    /// By the next eight bits of the input: symbol in the high byte and length in the low one, 0 when the code is longer.
    let short: UnsafePointer<UInt16>
    /// Codes of more than eight bits by length, the shortest first.
    let long: UnsafePointer<LongCodes>
    let longCount: Int

    /// All codes of one length.
    struct LongCodes: BitwiseCopyable {
        var length: Int
        /// The first code, moved to the left end of 32 bits.
        var first: UInt32
        var count: Int
        /// Position of its symbol in `symbols`.
        var offset: Int
    }

    /// Symbols of long codes in the order of their codes. 256 stands for EOS.
    let symbols: UnsafePointer<UInt16>

    /// Safety: written once, before anybody has it, and never freed.
    nonisolated(unsafe) static let shared = HuffmanCode()

    private init() {
        let codes = UnsafeMutablePointer<Code>.allocate(capacity: 257)
        let short = UnsafeMutablePointer<UInt16>.allocate(capacity: 256)
        let long = UnsafeMutablePointer<LongCodes>.allocate(capacity: 24)
        let symbols = UnsafeMutablePointer<UInt16>.allocate(capacity: 257)
        codes.initialize(repeating: Code(bits: 0, length: 0), count: 257)
        short.initialize(repeating: 0, count: 256)
        symbols.initialize(repeating: 0, count: 257)
        var longCount = 0
        var symbolCount = 0
        var next: UInt32 = 0
        for length in 5...30 {
            next <<= 1
            let first = next
            let offset = symbolCount
            for symbol in 0..<257 where Self.lengths[symbol] == length {
                codes[symbol] = Code(bits: next, length: UInt32(length))
                if length <= 8 {
                    let start = Int(next) << (8 - length)
                    for entry in start..<start + 1 << (8 - length) { short[entry] = UInt16(symbol << 8 | length) }
                } else {
                    symbols[symbolCount] = UInt16(symbol)
                    symbolCount += 1
                }
                next += 1
            }
            if symbolCount > offset {
                (long + longCount).initialize(
                    to: LongCodes(
                        length: length, first: first << UInt32(32 - length), count: symbolCount - offset,
                        offset: offset))
                longCount += 1
            }
        }
        self.codes = UnsafePointer(codes)
        self.short = UnsafePointer(short)
        self.long = UnsafePointer(long)
        self.longCount = longCount
        self.symbols = UnsafePointer(symbols)
    }

    /// Lengths of the code words in bits, of the 256 bytes and EOS.
    private static let lengths: [UInt8] = [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ]
}
