import Glibc

/// The lines of HTTP/1.1 text, without their CRLF.
struct TextLines: BitwiseCopyable {
    private let base: UnsafeRawPointer?
    private var position = 0
    private let end: Int

    init(_ text: UnsafeRawBufferPointer) {
        base = text.baseAddress
        end = text.count
    }

    /// The next line, empty for the one that ends a head; nil at the end of the text.
    @inline(__always)
    mutating func next() -> UnsafeRawBufferPointer? {
        guard let base, position < end, let found = memchr(base + position, 0x0A, end &- position) else { return nil }
        let newline = UnsafeRawPointer(found) - base
        let start = position
        position = newline &+ 1
        return UnsafeRawBufferPointer(start: base + start, count: max(0, newline &- 1 &- start))
    }

    /// Writes the name of a field line in lower case and returns its length; 0 when the line has no colon, nil when the name
    /// is longer than `name`.
    @inline(__always)
    static func lowercaseName(of line: UnsafeRawBufferPointer, into name: UnsafeMutableRawBufferPointer) -> Int? {
        guard let base = line.baseAddress, let target = name.baseAddress else { return 0 }
        let most = min(line.count, name.count)
        var offset = 0
        while offset < most {
            let byte = base.load(fromByteOffset: offset, as: UInt8.self)
            if byte == 0x3A { return offset }
            target.storeBytes(of: byte &- 0x41 < 26 ? byte | 0x20 : byte, toByteOffset: offset, as: UInt8.self)
            offset &+= 1
        }
        return line.count > name.count ? nil : 0
    }

    /// What of `line` begins at `start`, without whitespace around it.
    @inline(__always)
    static func trimmed(_ line: UnsafeRawBufferPointer, from start: Int) -> UnsafeRawBufferPointer {
        guard let base = line.baseAddress else { return line }
        var first = start
        var end = line.count
        while first < end, isWhitespace(base.load(fromByteOffset: first, as: UInt8.self)) { first &+= 1 }
        while end > first, isWhitespace(base.load(fromByteOffset: end &- 1, as: UInt8.self)) { end &-= 1 }
        return UnsafeRawBufferPointer(start: base + first, count: end &- first)
    }

    @inline(__always)
    private static func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
