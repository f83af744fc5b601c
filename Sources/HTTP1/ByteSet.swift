/// A set of ASCII bytes as a bitmap in two words: constants in the instruction stream instead of a global table
/// whose lazy initialisation would be checked at every access.
struct ByteSet: BitwiseCopyable {
    /// Bit `n` stands for byte `n`.
    let low: UInt64
    /// Bit `n` stands for byte `64 + n`.
    let high: UInt64

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word = byte < 64 ? low : high
        return byte < 128 && (word &>> UInt64(byte)) & 1 != 0
    }

    /// tchar (RFC 9110 section 5.6.2): letters, digits and ``!#$%&'*+-.^_`|~``.
    @inline(__always)
    static var token: ByteSet {
        ByteSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
    }

    /// The unreserved characters of URIs (RFC 3986 section 2.3): letters, digits and `-._~`.
    @inline(__always)
    static var unreserved: ByteSet {
        ByteSet(low: 0x03FF_6000_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)
    }

    /// What an IPv6 address consists of: hexadecimal digits, `:` and `.`.
    @inline(__always)
    static var ipv6: ByteSet {
        ByteSet(low: 0x07FF_4000_0000_0000, high: 0x0000_007E_0000_007E)
    }
}

/// Names for the bytes that the grammar of HTTP/1.1 gives a meaning.
enum Byte {
    static var tab: UInt8 { 0x09 }
    static var lineFeed: UInt8 { 0x0A }
    static var carriageReturn: UInt8 { 0x0D }
    static var space: UInt8 { 0x20 }
    static var quote: UInt8 { 0x22 }
    static var numberSign: UInt8 { 0x23 }
    static var asterisk: UInt8 { 0x2A }
    static var comma: UInt8 { 0x2C }
    static var slash: UInt8 { 0x2F }
    static var zero: UInt8 { 0x30 }
    static var colon: UInt8 { 0x3A }
    static var semicolon: UInt8 { 0x3B }
    static var equals: UInt8 { 0x3D }
    static var questionMark: UInt8 { 0x3F }
    static var leftBracket: UInt8 { 0x5B }
    static var backslash: UInt8 { 0x5C }
    static var rightBracket: UInt8 { 0x5D }
    static var delete: UInt8 { 0x7F }

    /// OWS and BWS (RFC 9110 section 5.6.3) are made of these.
    @inline(__always)
    static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == space || byte == tab
    }

    /// The digit's value; 10 or more for any other byte.
    @inline(__always)
    static func digitValue(_ byte: UInt8) -> UInt8 {
        byte &- zero
    }
}
