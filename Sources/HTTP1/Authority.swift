/// The authority `host[:port]` of a Host field or request target (RFC 9110 section 7.2, RFC 3986 section 3.2).
enum Authority {
    /// Longest host: more than any DNS name.
    static var maximumHostBytes: Int { 255 }

    /// Whether the bytes are a host and an optional port.
    ///
    /// Narrower than RFC 3986: a name consists of unreserved characters, so that percent-encoding, user information
    /// and delimiters, which programs behind the proxy may read differently, do not pass. The only bracketed form is
    /// an IPv6 address, whose characters are checked but not its structure.
    /// - Parameter requiresPort: whether a port of at least one digit must be there, as in authority-form.
    static func isValid(_ base: UnsafeRawPointer, _ range: Range<Int>, requiresPort: Bool = false) -> Bool {
        let end = range.upperBound
        guard let hostEnd = endOfHost(base, range) else { return false }
        guard hostEnd > range.lowerBound, hostEnd - range.lowerBound <= maximumHostBytes else { return false }
        if hostEnd == end { return !requiresPort }
        guard base.load(fromByteOffset: hostEnd, as: UInt8.self) == Byte.colon else { return false }
        return isPort(base, hostEnd + 1, end, allowsEmpty: !requiresPort)
    }

    /// Where the port's colon or the end is; nil when a bracket is not closed or empty.
    @inline(__always)
    private static func endOfHost(_ base: UnsafeRawPointer, _ range: Range<Int>) -> Int? {
        var position = range.lowerBound
        let end = range.upperBound
        guard position < end else { return nil }
        if base.load(fromByteOffset: position, as: UInt8.self) == Byte.leftBracket {
            position += 1
            let start = position
            while position < end, ByteSet.ipv6.contains(base.load(fromByteOffset: position, as: UInt8.self)) {
                position += 1
            }
            guard position < end, position - start >= 2,
                base.load(fromByteOffset: position, as: UInt8.self) == Byte.rightBracket
            else { return nil }
            return position + 1
        }
        while position < end, ByteSet.unreserved.contains(base.load(fromByteOffset: position, as: UInt8.self)) {
            position &+= 1
        }
        return position
    }

    private static func isPort(_ base: UnsafeRawPointer, _ start: Int, _ end: Int, allowsEmpty: Bool) -> Bool {
        guard end - start <= 5 else { return false }
        var number = 0
        for offset in start..<end {
            let digit = Byte.digitValue(base.load(fromByteOffset: offset, as: UInt8.self))
            guard digit < 10 else { return false }
            number = number * 10 + Int(digit)
        }
        return number <= 65535 && (start < end || allowsEmpty)
    }
}
