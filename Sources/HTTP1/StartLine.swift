/// The parts that request lines and status lines share (RFC 9112 section 2.3).
enum StartLine {
    /// `HTTP/1.1` as it is loaded from memory.
    @inline(__always)
    private static var http11: UInt64 {
        UInt64(littleEndian: 0x312E_312F_5054_5448)
    }

    /// Reads the eight bytes of an HTTP version at `position` and returns the minor version to act upon.
    @inline(__always)
    static func version(_ base: UnsafeRawPointer, at position: Int, end: Int) throws(ParseStop) -> UInt8 {
        if position &+ 8 <= end, base.loadUnaligned(fromByteOffset: position, as: UInt64.self) == http11 { return 1 }
        return try otherVersion(base, at: position, end: end)
    }

    @inline(never)
    private static func otherVersion(
        _ base: UnsafeRawPointer, at position: Int, end: Int
    ) throws(ParseStop) -> UInt8 {
        let pattern: StaticString = "HTTP/#.#"
        for index in 0..<8 {
            guard position + index < end else { throw .exhausted }
            let byte = base.load(fromByteOffset: position + index, as: UInt8.self)
            let expected = pattern.utf8Start[index]
            let matches = expected == Byte.numberSign ? Byte.digitValue(byte) < 10 : byte == expected
            guard matches else { throw .invalid(.invalidStartLine) }
        }
        let major = Byte.digitValue(base.load(fromByteOffset: position + 5, as: UInt8.self))
        let minor = Byte.digitValue(base.load(fromByteOffset: position + 7, as: UInt8.self))
        guard major == 1 else { throw .invalid(.unsupportedVersion) }
        return min(minor, 1)
    }
}
