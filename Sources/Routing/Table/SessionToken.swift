/// What a client keeps for one session: which endpoint it has, and since when.
///
/// A token is not signed: a client can make one up, and gets nothing by it but an endpoint of its choice among those
/// that the rule may send it to anyway, and a later end of its session.
package struct SessionToken: BitwiseCopyable, Sendable, Equatable {
    /// `SessionHash.endpoint`.
    package var endpoint: UInt64
    /// Some bits of the hash of the session's scope.
    var scope: UInt32
    /// Seconds since 1970.
    package var issuedAt: UInt32

    /// The text of a token: base64url of 16 bytes without padding.
    static let textLength = 22

    /// The token of `textLength` bytes; nil for what no token encodes to.
    init?(text: UnsafeRawBufferPointer) {
        guard text.count == Self.textLength else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<Self.textLength {
            guard let value = Self.value(of: text[index]) else { return nil }
            // 22 digits are 132 bits: the last digit has four that must be zero.
            let width: UInt64 = index == Self.textLength - 1 ? 2 : 6
            guard width == 6 || value & 0xF == 0 else { return nil }
            let digit = width == 6 ? value : value >> 4
            high = high << width | low >> (64 - width)
            low = low << width | digit
        }
        scope = UInt32(truncatingIfNeeded: high >> 32)
        endpoint = high << 32 | low >> 32
        issuedAt = UInt32(truncatingIfNeeded: low)
    }

    init(scope: UInt32, endpoint: UInt64, issuedAt: UInt32) {
        self.scope = scope
        self.endpoint = endpoint
        self.issuedAt = issuedAt
    }

    /// Writes `textLength` bytes.
    func write(to text: UnsafeMutableRawPointer) {
        var high = UInt64(scope) << 32 | endpoint >> 32
        var low = endpoint << 32 | UInt64(issuedAt)
        for index in 0..<Self.textLength {
            text.storeBytes(of: Self.digit(UInt8(truncatingIfNeeded: high >> 58)), toByteOffset: index, as: UInt8.self)
            high = high << 6 | low >> 58
            low <<= 6
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: value + UInt8(ascii: "A")
        case 26..<52: value - 26 + UInt8(ascii: "a")
        case 52..<62: value - 52 + UInt8(ascii: "0")
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }

    private static func value(of digit: UInt8) -> UInt64? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(digit - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(digit - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
