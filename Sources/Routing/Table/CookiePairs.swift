/// The pairs of a Cookie field (RFC 6265 section 4.2.1), read as leniently as servers have to.
enum CookiePairs {
    /// Calls `body` with the value of every cookie of this name: several may come from different paths, the most
    /// specific first (RFC 6265 section 5.4).
    static func forEachValue(
        of name: UnsafeRawBufferPointer, in line: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) {
        var rest = line[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
            let pair = rest[..<end]
            rest = rest[min(end + 1, rest.endIndex)...]
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            guard Bytes.equal(trimmed(pair[..<equals]), name) else { continue }
            body(unquoted(trimmed(pair[(equals + 1)...])))
        }
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer {
        var bytes = bytes
        while let first = bytes.first, isSpace(first) { bytes = bytes.dropFirst() }
        while let last = bytes.last, isSpace(last) { bytes = bytes.dropLast() }
        return UnsafeRawBufferPointer(rebasing: bytes)
    }

    private static func unquoted(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let quote = UInt8(ascii: "\"")
        guard bytes.count >= 2, bytes.first == quote, bytes.last == quote else { return bytes }
        return UnsafeRawBufferPointer(rebasing: bytes[1..<bytes.count - 1])
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
