import HTTP1

/// The rules for fields in HTTP/2 messages (RFC 9113 section 8.2).
enum FieldRules {
    /// Lower-case token characters, bit `n` for byte `n`.
    private static var low: UInt64 { 0x03FF_6CFA_0000_0000 }
    /// The same for byte `64 + n`.
    private static var high: UInt64 { 0x57FF_FFFF_C000_0000 }

    /// Whether `name` is a token without upper-case letters.
    @inline(__always)
    static func isName(_ name: UnsafeRawPointer, _ length: Int) -> Bool {
        guard length > 0 else { return false }
        for offset in 0..<length {
            let byte = name.load(fromByteOffset: offset, as: UInt8.self)
            let word = byte < 64 ? low : high
            guard byte < 128, (word &>> UInt64(byte & 63)) & 1 != 0 else { return false }
        }
        return true
    }

    /// Whether `value` has no control byte other than HTAB and neither begins nor ends with whitespace.
    @inline(__always)
    static func isValue(_ value: UnsafeRawPointer, _ length: Int) -> Bool {
        guard length > 0 else { return true }
        guard !isWhitespace(value.load(as: UInt8.self)),
            !isWhitespace(value.load(fromByteOffset: length &- 1, as: UInt8.self))
        else { return false }
        return ByteScan.endOfFieldContent(value, 0, length) == length
    }

    /// Whether `value` may stand in a request line: no control byte and no space.
    static func isTargetPart(_ value: UnsafeRawPointer, _ length: Int) -> Bool {
        for offset in 0..<length {
            let byte = value.load(fromByteOffset: offset, as: UInt8.self)
            guard byte > 0x20, byte != 0x7F else { return false }
        }
        return true
    }

    @inline(__always)
    private static func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// What a regular field means for an HTTP/2 message.
    enum Kind: BitwiseCopyable {
        case ordinary
        /// Concerns an HTTP/1.1 connection: has no place in HTTP/2 (section 8.2.2).
        case connectionSpecific
        case te, host, cookie, contentLength
    }

    /// - Parameter name: in lower case.
    @inline(__always)
    static func kind(_ name: UnsafeRawPointer, _ length: Int) -> Kind {
        switch length {
        case 2: equals(name, "te") ? .te : .ordinary
        case 4: equals(name, "host") ? .host : .ordinary
        case 6: equals(name, "cookie") ? .cookie : .ordinary
        case 7: equals(name, "upgrade") ? .connectionSpecific : .ordinary
        case 10: equals(name, "connection") || equals(name, "keep-alive") ? .connectionSpecific : .ordinary
        case 14: equals(name, "content-length") ? .contentLength : .ordinary
        case 16: equals(name, "proxy-connection") ? .connectionSpecific : .ordinary
        case 17: equals(name, "transfer-encoding") ? .connectionSpecific : .ordinary
        default: .ordinary
        }
    }

    /// Whether the first bytes at `name` are `expected`.
    @inline(__always)
    static func equals(_ name: UnsafeRawPointer, _ expected: StaticString) -> Bool {
        let other = UnsafeRawPointer(expected.utf8Start)
        for offset in 0..<expected.utf8CodeUnitCount
        where name.load(fromByteOffset: offset, as: UInt8.self) != other.load(fromByteOffset: offset, as: UInt8.self) {
            return false
        }
        return true
    }

    /// Whether the `length` bytes at `value` are `expected`, letters in any case; `expected` is in lower case.
    static func equals(_ value: UnsafeRawPointer, _ length: Int, anyCase expected: StaticString) -> Bool {
        guard length == expected.utf8CodeUnitCount else { return false }
        for offset in 0..<length {
            var byte = value.load(fromByteOffset: offset, as: UInt8.self)
            if byte &- 0x41 < 26 { byte |= 0x20 }
            guard byte == expected.utf8Start[offset] else { return false }
        }
        return true
    }

    /// A Content-Length value; nil unless it is one number of at most eighteen digits.
    static func contentLength(_ value: UnsafeRawPointer, _ length: Int) -> Int64? {
        guard length > 0, length <= 18 else { return nil }
        var number: Int64 = 0
        for offset in 0..<length {
            let digit = value.load(fromByteOffset: offset, as: UInt8.self) &- 0x30
            guard digit < 10 else { return nil }
            number = number &* 10 &+ Int64(digit)
        }
        return number
    }
}
