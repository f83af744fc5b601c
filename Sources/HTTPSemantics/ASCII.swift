/// ASCII questions about single bytes, and case-insensitive comparison as HTTP defines it (RFC 9110 section 5.1).
///
/// `@usableFromInline`, as on other types here: members of a package type are inlined into other modules only if the
/// type has it, whatever the members say (Swift 6.3).
@usableFromInline
package enum ASCII {
    /// The byte with `A`...`Z` lowered and everything else unchanged.
    @inlinable
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// Whether the two are equal but for case.
    package static func equalsIgnoringCase(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { lowercased($0) == lowercased($1) }
    }

    /// Whether `bytes` equals `lowercase`, whose letters are lower-case already, ignoring the case of `bytes`.
    @inlinable
    package static func equals(_ bytes: UnsafeRawBufferPointer, lowercase: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == lowercase.count else { return false }
        for offset in 0..<bytes.count where lowercased(bytes[offset]) != lowercase[offset] {
            return false
        }
        return true
    }

    /// The value of a hexadecimal digit of either case; nil for another byte.
    @inlinable
    package static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }

    /// A character of a token (RFC 9110 section 5.6.2): field names and methods consist of these.
    @inlinable
    package static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"),
            UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"),
            UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
