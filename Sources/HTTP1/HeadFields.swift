import HTTPSemantics

/// The field lines of a head and what they mean together; the part that requests and responses share.
struct HeadFields: BitwiseCopyable {
    let isRequest: Bool
    private(set) var count = 0
    private(set) var known = KnownFieldSet()
    private(set) var lengthMask: UInt64 = 0
    private(set) var connection = ConnectionOptions()
    /// The line of the Host field; negative when there is none.
    private(set) var hostLine = -1
    private(set) var hasContentLength = false
    private(set) var contentLength: UInt64 = 0
    private(set) var transferEncoding = TransferEncoding.absent
    private(set) var acceptsTrailers = false
    private(set) var expectContinue = false

    init(isRequest: Bool) {
        self.isRequest = isRequest
    }

    /// Reads the header section at the reader's position, of which the bytes below `count` have arrived.
    @inline(__always)
    static func read(
        _ reader: inout FieldReader, isRequest: Bool, count: Int, into fields: borrowing FieldStorage,
        limits: HeadLimits
    ) throws(ParseStop) -> HeadFields {
        let limitEnd = reader.position &+ limits.headerSectionBytes
        reader.end = min(count, limitEnd)
        var section = HeadFields(isRequest: isRequest)
        do throws(ParseStop) {
            try section.readLines(&reader, into: fields, limits: limits)
        } catch {
            // A section that fits ends at or before its limit.
            if case .exhausted = error, reader.end == limitEnd { throw .invalid(.fieldsTooLarge) }
            throw error
        }
        return section
    }

    /// Reads all lines up to the empty one into `fields`.
    @inline(__always)
    private mutating func readLines(
        _ reader: inout FieldReader, into fields: borrowing FieldStorage, limits: HeadLimits
    ) throws(ParseStop) {
        let capacity = min(limits.fieldCount, fields.capacity)
        while try reader.next(into: fields.lines + count) {
            guard count < capacity else { throw .invalid(.tooManyFields) }
            let line = fields.lines[count]
            lengthMask |= 1 &<< UInt64(min(line.nameLength, 63))
            // A pattern, since `==` on an enum of another module is a call through a witness table.
            switch line.known {
            case .other: break
            default:
                known.formUnion(KnownFieldSet(line.known))
                try interpret(line, at: count, fields: fields, base: reader.base)
            }
            count &+= 1
        }
        if connection.nominations > 0 {
            ConnectionOptions.markNominated(fields.lines, count: count, lengthMask: lengthMask, base: reader.base)
        }
    }

    private mutating func interpret(
        _ line: FieldLine, at index: Int, fields: borrowing FieldStorage, base: UnsafeRawPointer
    ) throws(ParseStop) {
        switch line.known {
        case .host where isRequest:
            guard hostLine < 0 else { throw .invalid(.duplicateHost) }
            hostLine = index
        case .connection: try connection.read(line, base: base)
        case .contentLength:
            guard let length = ContentLength.parse(line, base: base) else { throw .invalid(.invalidContentLength) }
            if hasContentLength {
                guard !isRequest, length == contentLength else { throw .invalid(.duplicateContentLength) }
                // Forwarded once.
                fields.lines[index].isHopByHop = true
            }
            hasContentLength = true
            contentLength = length
        case .transferEncoding: try transferEncoding.read(line, base: base)
        case .te where isRequest:
            acceptsTrailers = acceptsTrailers || Self.list(line, base, contains: "trailers")
        case .expect where isRequest:
            expectContinue = expectContinue || Self.list(line, base, contains: "100-continue")
        default: break
        }
    }

    private static func list(_ line: FieldLine, _ base: UnsafeRawPointer, contains option: StaticString) -> Bool {
        var list = ListReader(base: base, offset: line.valueOffset, length: line.valueLength)
        while let element = list.next() {
            if FieldName.equals(base + element.lowerBound, element.count, option) { return true }
        }
        return false
    }

    /// The framing that Content-Length and Transfer-Encoding ask for (RFC 9112 section 6.3); nil when both are
    /// absent.
    @inline(__always)
    func declaredFraming(minorVersion: UInt8) throws(ParseStop) -> BodyFraming? {
        switch transferEncoding {
        case .absent: return hasContentLength ? .contentLength(contentLength) : nil
        case _ where minorVersion == 0: throw .invalid(.transferEncodingInHTTP10)
        case _ where hasContentLength: throw .invalid(.conflictingFraming)
        case .chunked: return .chunked
        case .unfinished: throw .invalid(.invalidTransferEncoding)
        case .unsupported: throw .invalid(.unsupportedTransferCoding)
        }
    }
}
