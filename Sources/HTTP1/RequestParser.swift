import HTTPSemantics

/// Parses a request head in place (RFC 9112 sections 2 to 7, strictly: what two implementations might read
/// differently is refused).
///
/// - Parameters:
///   - buffer: the bytes received so far, from the start of the head on. They need not end with the head.
///   - scannedUpTo: how far an earlier call for the same head came: 0 at first, left as it is between calls, and
///     set back to 0 by this function with every result but `.incomplete`. Keeps the work linear when a head comes
///     in many pieces.
///   - fields: where the field lines are written; valid after `.complete`.
package func parseRequestHead(
    _ buffer: UnsafeRawBufferPointer, scannedUpTo: inout Int, fields: borrowing FieldStorage, limits: HeadLimits
) -> RequestHeadParse {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return .incomplete }
    let scanned = scannedUpTo
    if scanned > 0, !HeadProgress.canDecide(base, scanned: scanned, count: buffer.count, limits: limits) {
        scannedUpTo = buffer.count
        return .incomplete
    }
    scannedUpTo = 0
    do throws(ParseStop) {
        if let preface = try HTTP2Preface.match(base, count: buffer.count) { return preface }
        return .complete(try RequestParser.parse(base, count: buffer.count, fields: fields, limits: limits))
    } catch {
        switch error {
        case .exhausted:
            scannedUpTo = buffer.count
            return .incomplete
        case .invalid(let reason): return .invalid(reason)
        }
    }
}

/// Decides when a head that came in pieces is worth parsing again.
enum HeadProgress {
    static func canDecide(_ base: UnsafeRawPointer, scanned: Int, count: Int, limits: HeadLimits) -> Bool {
        // The parser itself notices when a limit is exceeded; it must be asked when one may have been.
        let startLineLimit = limits.requestLineBytes &+ 16
        if scanned < startLineLimit && count >= startLineLimit || count >= limits.maximumHeadBytes { return true }
        return ByteScan.canDecide(base, scanned: scanned, count: count)
    }
}

/// The connection preface of HTTP/2 (RFC 9113 section 3.4), which looks like a request head.
private enum HTTP2Preface {
    /// `.http2Preface` when it stands at `base`, nil when something else does.
    @inline(__always)
    static func match(_ base: UnsafeRawPointer, count: Int) throws(ParseStop) -> RequestHeadParse? {
        guard base.load(as: UInt8.self) == 0x50, count > 1, base.load(fromByteOffset: 1, as: UInt8.self) == 0x52 else {
            return nil
        }
        return try matchAll(base, count: count)
    }

    private static func matchAll(_ base: UnsafeRawPointer, count: Int) throws(ParseStop) -> RequestHeadParse? {
        let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        for offset in 0..<preface.utf8CodeUnitCount {
            guard offset < count else { throw .exhausted }
            guard base.load(fromByteOffset: offset, as: UInt8.self) == preface.utf8Start[offset] else { return nil }
        }
        return .http2Preface
    }
}

private enum RequestParser {
    /// How many empty lines before a request line are forgiven (RFC 9112 section 2.2 asks for at least one).
    static var maximumEmptyLines: Int { 4 }

    @inline(__always)
    static func parse(
        _ base: UnsafeRawPointer, count: Int, fields: borrowing FieldStorage, limits: HeadLimits
    ) throws(ParseStop) -> RequestHead {
        var reader = FieldReader(base: base, position: 0, end: count)
        try skipEmptyLines(&reader)
        var head = RequestHead()
        let lineLimit = reader.position &+ limits.requestLineBytes &+ 2
        let lineEnd = min(count, lineLimit)
        do throws(ParseStop) {
            reader.position = try parseRequestLine(base, at: reader.position, end: lineEnd, into: &head)
        } catch {
            // A line that fits ends at or before its limit.
            if case .exhausted = error, lineEnd == lineLimit { throw .invalid(.startLineTooLong) }
            throw error
        }

        let section = try HeadFields.read(&reader, isRequest: true, count: count, into: fields, limits: limits)
        try apply(section, fields: fields, base: base, to: &head)
        head.headLength = UInt32(truncatingIfNeeded: reader.position)
        return head
    }

    @inline(__always)
    private static func skipEmptyLines(_ reader: inout FieldReader) throws(ParseStop) {
        var skipped = 0
        while reader.position < reader.end, reader.byte(reader.position) <= Byte.carriageReturn {
            guard skipped < maximumEmptyLines else { throw .invalid(.tooManyEmptyLines) }
            try reader.endLine(at: reader.position)
            skipped += 1
        }
    }

    /// Reads the request line and returns where the first field line begins.
    @inline(__always)
    private static func parseRequestLine(
        _ base: UnsafeRawPointer, at start: Int, end: Int, into head: inout RequestHead
    ) throws(ParseStop) -> Int {
        let methodEnd = ByteScan.endOfToken(base, start, end)
        guard methodEnd < end else { throw .exhausted }
        guard methodEnd > start, base.load(fromByteOffset: methodEnd, as: UInt8.self) == Byte.space else {
            throw .invalid(.invalidMethod)
        }
        head.methodOffset = UInt32(truncatingIfNeeded: start)
        head.methodLength = UInt32(truncatingIfNeeded: methodEnd &- start)
        head.method = method(base + start, length: methodEnd &- start)

        let targetEnd = try RequestTarget.read(base, at: methodEnd &+ 1, end: end, into: &head)
        guard base.load(fromByteOffset: targetEnd, as: UInt8.self) == Byte.space else {
            throw .invalid(errorForTarget(endingIn: base.load(fromByteOffset: targetEnd, as: UInt8.self)))
        }
        head.minorVersion = try StartLine.version(base, at: targetEnd &+ 1, end: end)
        var reader = FieldReader(base: base, position: targetEnd &+ 9, end: end)
        do throws(ParseStop) {
            try reader.endLine(at: targetEnd &+ 9)
        } catch {
            if case .invalid(.controlByte) = error { throw .invalid(.invalidStartLine) }
            throw error
        }
        return reader.position
    }

    /// The method of `length` bytes at `name`, which a space follows.
    @inline(__always)
    private static func method(_ name: UnsafeRawPointer, length: Int) -> RequestMethod {
        // The most frequent one by a single comparison of four bytes.
        let get = UInt32(littleEndian: 0x2054_4547)
        if length == 3, name.loadUnaligned(as: UInt32.self) == get { return .get }
        return RequestMethod(bytes: UnsafeRawBufferPointer(start: name, count: length))
    }

    /// A line end instead of a version is HTTP/0.9 or a version without its space.
    private static func errorForTarget(endingIn byte: UInt8) -> HeadError {
        switch byte {
        case Byte.carriageReturn: .invalidStartLine
        case Byte.lineFeed: .bareLineFeed
        default: .invalidTarget
        }
    }

    /// Checks what the fields mean together and completes `head`.
    @inline(__always)
    private static func apply(
        _ section: HeadFields, fields: borrowing FieldStorage, base: UnsafeRawPointer, to head: inout RequestHead
    ) throws(ParseStop) {
        if section.hostLine >= 0 {
            let host = fields.lines[section.hostLine]
            let range = Int(host.valueOffset)..<Int(host.valueOffset) + Int(host.valueLength)
            guard range.isEmpty || Authority.isValid(base, range) else { throw .invalid(.invalidHost) }
            if head.targetForm == .origin || head.targetForm == .asterisk {
                head.authorityOffset = host.valueOffset
                head.authorityLength = host.valueLength
            }
        } else if head.minorVersion >= 1 {
            throw .invalid(.missingHost)
        }
        head.framing = try section.declaredFraming(minorVersion: head.minorVersion) ?? .none
        head.fieldCount = UInt32(truncatingIfNeeded: section.count)
        head.knownFields = section.known
        head.fieldLengthMask = section.lengthMask
        head.acceptsTrailers = section.acceptsTrailers
        head.persistent = section.connection.isPersistent(minorVersion: head.minorVersion)
        head.hasUpgrade =
            section.connection.upgrade && section.known.contains(.upgrade) && head.minorVersion >= 1
        head.expectContinue = section.expectContinue && head.minorVersion >= 1
    }
}
