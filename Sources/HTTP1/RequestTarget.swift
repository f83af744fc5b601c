import HTTPSemantics

/// Reads a request target into a head (RFC 9112 section 3.2).
enum RequestTarget {
    /// Reads the target at `position` and returns the offset of the byte that ends it, always below `end`.
    @inline(__always)
    static func read(
        _ base: UnsafeRawPointer, at position: Int, end: Int, into head: inout RequestHead
    ) throws(ParseStop) -> Int {
        guard position < end else { throw .exhausted }
        if case .connect = head.method {
            return try readOtherForm(base, at: position, end: end, into: &head)
        }
        guard base.load(fromByteOffset: position, as: UInt8.self) == Byte.slash else {
            return try readOtherForm(base, at: position, end: end, into: &head)
        }
        return try readPath(base, at: position, end: end, into: &head)
    }

    /// Reads `/path?query`; in absolute form the path may be empty.
    @inline(__always)
    private static func readPath(
        _ base: UnsafeRawPointer, at position: Int, end: Int, into head: inout RequestHead
    ) throws(ParseStop) -> Int {
        let pathEnd = ByteScan.endOfPath(base, position, end)
        guard pathEnd < end else { throw .exhausted }
        head.pathOffset = UInt32(truncatingIfNeeded: position)
        head.pathLength = UInt32(truncatingIfNeeded: pathEnd &- position)
        guard base.load(fromByteOffset: pathEnd, as: UInt8.self) == Byte.questionMark else { return pathEnd }
        let queryEnd = ByteScan.endOfTarget(base, pathEnd &+ 1, end)
        guard queryEnd < end else { throw .exhausted }
        head.hasQuery = true
        head.queryOffset = UInt32(truncatingIfNeeded: pathEnd &+ 1)
        head.queryLength = UInt32(truncatingIfNeeded: queryEnd &- pathEnd &- 1)
        return queryEnd
    }

    @inline(never)
    private static func readOtherForm(
        _ base: UnsafeRawPointer, at position: Int, end: Int, into head: inout RequestHead
    ) throws(ParseStop) -> Int {
        let targetEnd = ByteScan.endOfTarget(base, position, end)
        guard targetEnd < end else { throw .exhausted }
        guard targetEnd > position else { throw .invalid(.invalidStartLine) }
        let target = position..<targetEnd
        if case .connect = head.method {
            guard Authority.isValid(base, target, requiresPort: true) else { throw .invalid(.invalidAuthority) }
            head.targetForm = .authority
            setAuthority(target, in: &head)
            return targetEnd
        }
        if base.load(fromByteOffset: position, as: UInt8.self) == Byte.asterisk {
            guard case .options = head.method, target.count == 1 else { throw .invalid(.invalidTarget) }
            head.targetForm = .asterisk
            head.pathOffset = UInt32(truncatingIfNeeded: position)
            head.pathLength = 1
            return targetEnd
        }
        try readAbsoluteForm(base, target, end: end, into: &head)
        return targetEnd
    }

    private static func readAbsoluteForm(
        _ base: UnsafeRawPointer, _ target: Range<Int>, end: Int, into head: inout RequestHead
    ) throws(ParseStop) {
        let schemeEnd = try endOfScheme(base, target)
        let authorityStart = schemeEnd + 3
        guard authorityStart <= target.upperBound,
            base.load(fromByteOffset: schemeEnd + 1, as: UInt8.self) == Byte.slash,
            base.load(fromByteOffset: schemeEnd + 2, as: UInt8.self) == Byte.slash
        else { throw .invalid(.invalidTarget) }
        var authorityEnd = authorityStart
        while authorityEnd < target.upperBound {
            let byte = base.load(fromByteOffset: authorityEnd, as: UInt8.self)
            if byte == Byte.slash || byte == Byte.questionMark { break }
            authorityEnd += 1
        }
        let authority = authorityStart..<authorityEnd
        guard Authority.isValid(base, authority) else { throw .invalid(.invalidAuthority) }
        head.targetForm = .absolute
        setAuthority(authority, in: &head)
        _ = try readPath(base, at: authorityEnd, end: end, into: &head)
    }

    /// The offset of the colon behind `http` or `https`.
    private static func endOfScheme(_ base: UnsafeRawPointer, _ target: Range<Int>) throws(ParseStop) -> Int {
        let start = target.lowerBound
        guard let colon = target.first(where: { base.load(fromByteOffset: $0, as: UInt8.self) == Byte.colon })
        else { throw .invalid(.invalidTarget) }
        let length = colon - start
        // Only letters can be equal here once bit 5 is set, and the controls that could be too were refused.
        if FieldName.equals(base + start, length, "http") || FieldName.equals(base + start, length, "https") {
            return colon
        }
        let isScheme = length > 0 && ByteScan.endOfToken(base, start, colon) == colon
        throw .invalid(isScheme ? .unsupportedScheme : .invalidTarget)
    }

    private static func setAuthority(_ range: Range<Int>, in head: inout RequestHead) {
        head.authorityOffset = UInt32(truncatingIfNeeded: range.lowerBound)
        head.authorityLength = UInt32(truncatingIfNeeded: range.count)
    }
}
