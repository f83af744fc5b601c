/// The one form of a request path that is matched and forwarded.
///
/// Decision (what a gateway and the server behind it must never read differently):
/// - percent-encoded unreserved characters (RFC 3986 section 2.3: letters, digits, `-._~`) are decoded, since the
///   encoded and plain spellings are equivalent; decoding happens once, so `%2541` stays `%2541`;
/// - every other percent-encoding keeps its bytes, the case of its digits included; `%2F` and `%5C` in particular stay
///   encoded and are data inside a path element, never a separator;
/// - runs of slashes become one slash;
/// - `.` and `..` elements, also those spelled with `%2e`, are removed (RFC 3986 section 5.2.4), never above the root;
/// - a `%` without two hexadecimal digits, and `%00`, make the request invalid (400).
package enum PathNormalization {
    /// Normalises in place and returns the new length, which is never more than the old one; nil for an invalid path.
    ///
    /// A path begins with `/`, without the query; `*` (of `OPTIONS *`) is left alone; anything else is invalid.
    package static func normalize(_ path: UnsafeMutableRawBufferPointer) -> Int? {
        guard path.count > 0, path[0] == UInt8(ascii: "/") else {
            return path.count == 1 && path[0] == UInt8(ascii: "*") ? 1 : nil
        }
        guard needsNormalization(UnsafeRawBufferPointer(path)) else { return path.count }
        return rewrite(path)
    }

    /// Whether `path` may differ from its normal form: it has a percent sign, two slashes in a row or an element that
    /// begins with a dot. Eight bytes at a time: ordinary paths cost this one pass.
    package static func needsNormalization(_ path: UnsafeRawBufferPointer) -> Bool {
        guard let base = path.baseAddress else { return false }
        var offset = 0
        // 0x80 when the byte before the current word is a slash.
        var carry: UInt64 = 0
        while offset + 8 <= path.count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let slashes = flags(of: UInt8(ascii: "/"), in: word)
            let afterSlash = (slashes << 8) | carry
            let suspects = flags(of: UInt8(ascii: "."), in: word) | slashes
            if flags(of: UInt8(ascii: "%"), in: word) | (suspects & afterSlash) != 0 { return true }
            carry = slashes >> 56
            offset += 8
        }
        var previousIsSlash = carry != 0
        while offset < path.count {
            let byte = path[offset]
            if byte == UInt8(ascii: "%") { return true }
            let isSlash = byte == UInt8(ascii: "/")
            if previousIsSlash, isSlash || byte == UInt8(ascii: ".") { return true }
            previousIsSlash = isSlash
            offset += 1
        }
        return false
    }

    /// 0x80 in every byte of `word` that equals `byte` (exact: no carries between bytes).
    @inline(__always)
    private static func flags(of byte: UInt8, in word: UInt64) -> UInt64 {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let difference = word ^ (0x0101_0101_0101_0101 &* UInt64(byte))
        return ~(((difference & low) &+ low) | difference | low)
    }

    private static func rewrite(_ path: UnsafeMutableRawBufferPointer) -> Int? {
        var read = 1
        var write = 1
        // Where the element that is being written begins: just after the last slash of the output.
        var element = 1
        while read < path.count {
            let byte = path[read]
            switch byte {
            case UInt8(ascii: "/"):
                endElement(of: path, element: &element, write: &write)
                if write > element {
                    path[write] = byte
                    write += 1
                    element = write
                }
                read += 1
            case UInt8(ascii: "%"):
                guard read + 2 < path.count, let high = ASCII.hexadecimalValue(path[read + 1]),
                    let low = ASCII.hexadecimalValue(path[read + 2]), high | low != 0
                else { return nil }
                let decoded = high << 4 | low
                if isUnreserved(decoded) {
                    path[write] = decoded
                    write += 1
                } else {
                    for offset in 0..<3 { path[write + offset] = path[read + offset] }
                    write += 3
                }
                read += 3
            default:
                path[write] = byte
                write += 1
                read += 1
            }
        }
        endElement(of: path, element: &element, write: &write)
        return write
    }

    /// Takes a finished `.` or `..` back out of the output, the latter with the element before it.
    private static func endElement(of path: UnsafeMutableRawBufferPointer, element: inout Int, write: inout Int) {
        let dot = UInt8(ascii: ".")
        if write == element + 1, path[element] == dot {
            write = element
        } else if write == element + 2, path[element] == dot, path[element + 1] == dot {
            write = element
            guard write > 1 else { return }
            write -= 1
            while path[write - 1] != UInt8(ascii: "/") { write -= 1 }
            element = write
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
