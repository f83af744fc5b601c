import HTTPSemantics

extension FieldCondition {
    /// Whether the first parameter of this name has this value. Names and values are compared decoded: `%HH` is the
    /// byte, `+` a space; a `%` without two digits stands for itself.
    func holds(forQuery query: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while start < query.count {
            var end = start
            var separator = -1
            while end < query.count, query[end] != UInt8(ascii: "&") {
                if separator < 0, query[end] == UInt8(ascii: "=") { separator = end }
                end += 1
            }
            if separator < 0 { separator = end }
            if Self.decoded(UnsafeRawBufferPointer(rebasing: query[start..<separator]), equals: name) {
                return holds(forEncoded: UnsafeRawBufferPointer(rebasing: query[min(separator + 1, end)..<end]))
            }
            start = end + 1
        }
        return false
    }

    private func holds(forEncoded text: UnsafeRawBufferPointer) -> Bool {
        guard let expression else { return Self.decoded(text, equals: value) }
        return withUnsafeTemporaryAllocation(byteCount: max(text.count, 1), alignment: 1) { scratch in
            var length = 0
            var offset = 0
            while offset < text.count {
                scratch[length] = Self.decode(text, &offset)
                length += 1
            }
            return expression.pointee.matches(UnsafeRawBufferPointer(rebasing: scratch[..<length]))
        }
    }

    private static func decoded(_ text: UnsafeRawBufferPointer, equals expected: UnsafeRawBufferPointer) -> Bool {
        // Decoding never makes a text longer.
        guard text.count >= expected.count else { return false }
        var offset = 0
        var length = 0
        while offset < text.count {
            guard length < expected.count, decode(text, &offset) == expected[length] else { return false }
            length += 1
        }
        return length == expected.count
    }

    /// The byte that stands at `offset`, which moves behind it.
    @inline(__always)
    private static func decode(_ text: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt8 {
        let byte = text[offset]
        offset += 1
        if byte == UInt8(ascii: "+") { return UInt8(ascii: " ") }
        guard byte == UInt8(ascii: "%"), offset + 1 < text.count, let high = ASCII.hexadecimalValue(text[offset]),
            let low = ASCII.hexadecimalValue(text[offset + 1])
        else { return byte }
        offset += 2
        return high << 4 | low
    }
}
