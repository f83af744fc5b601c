import HTTPSemantics

/// Why a parser stopped before the end of what it parses.
enum ParseStop: Error, BitwiseCopyable {
    /// The bytes it may look at are used up.
    case exhausted
    case invalid(HeadError)
}

/// Reads field lines one after the other (RFC 9112 section 5), up to and including the empty line that ends them.
struct FieldReader: BitwiseCopyable {
    let base: UnsafeRawPointer
    /// Where the next line begins.
    var position: Int
    /// No byte at or beyond this offset is looked at.
    var end: Int

    @inline(__always)
    func byte(_ offset: Int) -> UInt8 {
        base.load(fromByteOffset: offset, as: UInt8.self)
    }

    /// Reads the next field line into `line`; false after the empty line.
    ///
    /// `isHopByHop` is set for the fixed set of hop-by-hop fields only.
    @inline(__always)
    mutating func next(into line: UnsafeMutablePointer<FieldLine>) throws(ParseStop) -> Bool {
        let start = position
        let nameEnd = ByteScan.endOfToken(base, start, end)
        guard nameEnd < end else { throw .exhausted }
        guard byte(nameEnd) == Byte.colon, nameEnd > start else {
            try finish(lineStart: start, stoppedAt: nameEnd)
            return false
        }
        var valueStart = nameEnd &+ 1
        while valueStart < end, Byte.isWhitespace(byte(valueStart)) { valueStart &+= 1 }
        var valueEnd = ByteScan.endOfFieldContent(base, valueStart, end)
        try endLine(at: valueEnd)
        while valueEnd > valueStart, Byte.isWhitespace(byte(valueEnd &- 1)) { valueEnd &-= 1 }

        let nameLength = nameEnd &- start
        guard nameLength <= UInt16.max else { throw .invalid(.fieldsTooLarge) }
        let identity = FieldName.identify(base + start, nameLength)
        // Member by member: the initializer is a call into another module.
        line.pointee.nameOffset = UInt32(truncatingIfNeeded: start)
        line.pointee.nameLength = UInt16(truncatingIfNeeded: nameLength)
        line.pointee.valueOffset = UInt32(truncatingIfNeeded: valueStart)
        line.pointee.valueLength = UInt32(truncatingIfNeeded: valueEnd &- valueStart)
        line.pointee.known = identity.known
        line.pointee.isHopByHop = identity.isHopByHop
        return true
    }

    /// Expects CRLF at `offset` and moves behind it.
    @inline(__always)
    mutating func endLine(at offset: Int) throws(ParseStop) {
        guard offset &+ 1 < end else { throw incompleteLineEnd(at: offset) }
        guard byte(offset) == Byte.carriageReturn, byte(offset &+ 1) == Byte.lineFeed else {
            throw lineEndError(at: offset)
        }
        position = offset &+ 2
    }

    @inline(never)
    private func incompleteLineEnd(at offset: Int) -> ParseStop {
        guard offset < end, byte(offset) != Byte.carriageReturn else { return .exhausted }
        return lineEndError(at: offset)
    }

    private func lineEndError(at offset: Int) -> ParseStop {
        switch byte(offset) {
        case Byte.carriageReturn: .invalid(.bareCarriageReturn)
        case Byte.lineFeed: .invalid(.bareLineFeed)
        default: .invalid(.controlByte)
        }
    }

    /// A line that is not a field line: the empty line, or an error.
    @inline(never)
    private mutating func finish(lineStart: Int, stoppedAt offset: Int) throws(ParseStop) {
        let stopper = byte(offset)
        if offset == lineStart {
            switch stopper {
            case Byte.carriageReturn: return try endLine(at: offset)
            case Byte.lineFeed: throw .invalid(.bareLineFeed)
            case Byte.space, Byte.tab: throw .invalid(.leadingWhitespace)
            default: throw .invalid(.invalidFieldName)
            }
        }
        throw .invalid(Byte.isWhitespace(stopper) ? .whitespaceBeforeColon : .invalidFieldName)
    }
}
