package import HTTPSemantics

/// Parses a response head in place (RFC 9112 sections 4 to 7), as strictly as requests except where real servers
/// need leniency: the reason phrase may be absent together with its space, and Content-Length may be repeated with
/// the same value.
///
/// - Parameters:
///   - buffer: the bytes received so far, from the start of the head on. They need not end with the head.
///   - requestMethod: the method of the request that is answered: responses to HEAD and successful ones to CONNECT
///     have no body (RFC 9112 section 6.3).
///   - scannedUpTo: see `parseRequestHead`.
///   - fields: where the field lines are written; valid after `.complete`.
package func parseResponseHead(
    _ buffer: UnsafeRawBufferPointer, requestMethod: RequestMethod, scannedUpTo: inout Int,
    fields: borrowing FieldStorage, limits: HeadLimits
) -> ResponseHeadParse {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return .incomplete }
    let scanned = scannedUpTo
    if scanned > 0, !HeadProgress.canDecide(base, scanned: scanned, count: buffer.count, limits: limits) {
        scannedUpTo = buffer.count
        return .incomplete
    }
    scannedUpTo = 0
    do throws(ParseStop) {
        return .complete(
            try ResponseParser.parse(
                base, count: buffer.count, requestMethod: requestMethod, fields: fields, limits: limits))
    } catch {
        switch error {
        case .exhausted:
            scannedUpTo = buffer.count
            return .incomplete
        case .invalid(let reason): return .invalid(reason)
        }
    }
}

private enum ResponseParser {
    @inline(__always)
    static func parse(
        _ base: UnsafeRawPointer, count: Int, requestMethod: RequestMethod, fields: borrowing FieldStorage,
        limits: HeadLimits
    ) throws(ParseStop) -> ResponseHead {
        var head = ResponseHead()
        var reader = FieldReader(base: base, position: 0, end: count)
        let lineLimit = limits.requestLineBytes &+ 2
        let lineEnd = min(count, lineLimit)
        do throws(ParseStop) {
            reader.position = try parseStatusLine(base, end: lineEnd, into: &head)
        } catch {
            if case .exhausted = error, lineEnd == lineLimit { throw .invalid(.startLineTooLong) }
            throw error
        }
        let section = try HeadFields.read(&reader, isRequest: false, count: count, into: fields, limits: limits)
        try apply(section, requestMethod: requestMethod, fields: fields, to: &head)
        head.headLength = UInt32(truncatingIfNeeded: reader.position)
        return head
    }

    /// Reads the status line at the start of the buffer and returns where the first field line begins.
    @inline(__always)
    private static func parseStatusLine(
        _ base: UnsafeRawPointer, end: Int, into head: inout ResponseHead
    ) throws(ParseStop) -> Int {
        head.minorVersion = try StartLine.version(base, at: 0, end: end)
        guard end > 8 else { throw .exhausted }
        guard base.load(fromByteOffset: 8, as: UInt8.self) == Byte.space else { throw .invalid(.invalidStartLine) }
        var status: UInt16 = 0
        for offset in 9..<12 {
            guard offset < end else { throw .exhausted }
            let digit = Byte.digitValue(base.load(fromByteOffset: offset, as: UInt8.self))
            guard digit < 10 else { throw .invalid(.invalidStatus) }
            status = status &* 10 &+ UInt16(digit)
        }
        guard status >= 100 else { throw .invalid(.invalidStatus) }
        head.status = status

        guard end > 12 else { throw .exhausted }
        var reader = FieldReader(base: base, position: 12, end: end)
        switch base.load(fromByteOffset: 12, as: UInt8.self) {
        case Byte.space:
            let reasonEnd = ByteScan.endOfFieldContent(base, 13, end)
            try reader.endLine(at: reasonEnd)
            head.reasonOffset = 13
            head.reasonLength = UInt32(truncatingIfNeeded: reasonEnd &- 13)
        case Byte.carriageReturn, Byte.lineFeed: try reader.endLine(at: 12)
        default: throw .invalid(.invalidStatus)
        }
        return reader.position
    }

    /// Decides the framing (RFC 9112 section 6.3) and completes `head`.
    @inline(__always)
    private static func apply(
        _ section: HeadFields, requestMethod: RequestMethod, fields: borrowing FieldStorage,
        to head: inout ResponseHead
    ) throws(ParseStop) {
        let declared = try section.declaredFraming(minorVersion: head.minorVersion)
        head.fieldCount = UInt32(truncatingIfNeeded: section.count)
        head.knownFields = section.known
        head.fieldLengthMask = section.lengthMask
        head.persistent = section.connection.isPersistent(minorVersion: head.minorVersion)
        head.hasUpgrade = section.connection.upgrade && section.known.contains(.upgrade)

        switch bodyRule(status: head.status, requestMethod: requestMethod) {
        case .never:
            head.framing = .none
            if let declared { dropDeclaredBody(declared, count: section.count, fields: fields, in: &head) }
        case .describedOnly: head.framing = .none
        case .asDeclared:
            head.framing = declared ?? .untilClose
            if declared == nil { head.persistent = false }
        }
    }

    private enum BodyRule {
        case asDeclared
        /// Content-Length says what a GET would have brought.
        case describedOnly
        /// There is no body and nothing may promise one.
        case never
    }

    @inline(__always)
    private static func bodyRule(status: UInt16, requestMethod: RequestMethod) -> BodyRule {
        if status < 200 || status == 204 { return .never }
        // Patterns, since `==` on an enum of another module is a call through a witness table.
        switch requestMethod {
        case .connect where status < 300: return .never
        case .head: return .describedOnly
        default: return status == 304 ? .describedOnly : .asDeclared
        }
    }

    /// These responses must not have Content-Length (RFC 9110 section 8.6): it is not forwarded, and if it
    /// promises a body the connection is not used again, since those bytes would be read as the next response.
    private static func dropDeclaredBody(
        _ declared: BodyFraming, count: Int, fields: borrowing FieldStorage, in head: inout ResponseHead
    ) {
        if declared.hasBody { head.persistent = false }
        for index in 0..<count {
            if case .contentLength = fields.lines[index].known { fields.lines[index].isHopByHop = true }
        }
    }
}
