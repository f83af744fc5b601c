import HTTPSemantics

/// Configured paths in the form in which they can stand in a request line or URI.
enum PathText {
    /// The path with a slash at its start, and with everything percent-encoded that cannot stand in a path (RFC 3986
    /// section 3.3): a space or line break would end the request line, `?` and `#` would begin another part.
    static func encoded(_ path: String) -> String {
        guard !path.isEmpty else { return path }
        let bytes = Array(path.utf8)
        var result = path.hasPrefix("/") ? "" : "/"
        for (offset, byte) in bytes.enumerated() {
            let isEscape =
                byte == UInt8(ascii: "%") && offset + 2 < bytes.count
                && bytes[offset + 1...offset + 2].allSatisfy { ASCII.hexadecimalValue($0) != nil }
            if isEscape || isPathCharacter(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += byte < 0x10 ? "%0" : "%"
                result += String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// `pchar` or a slash, without `%`.
    private static func isPathCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","),
            UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
