import Glibc

/// Turns a header block into the HTTP/1.1 text of the same head, so that one parser and one set of rules decide about
/// requests of both versions. What HTTP/2 asks of a message (RFC 9113 sections 8.1 to 8.3) is checked here: bytes that
/// would mean something else in the text than in the block never get there.
struct MessageDecoder {
    enum Outcome {
        case complete(HeadText)
        /// A stream error (RFC 9113 section 8.1.1).
        case malformed
        /// Larger than the limit. The block has been decoded all the same, for the tables.
        case tooLarge
    }

    enum Kind {
        case request, response, trailers
    }

    /// Room in front of the lines for a start line that is longer than the pseudo-header fields it is made of.
    static var headroom: Int { 1024 }
    /// Room behind them for what the text has in addition.
    static var tailroom: Int { 256 }

    private let kind: Kind
    private let buffer: UnsafeMutableRawPointer
    private let limit: Int
    private let fieldLimit: Int
    private var position = MessageDecoder.headroom
    private var isMalformed = false
    private var isTooLarge = false
    /// Where regular fields begin, once there is one.
    private var regular = -1
    /// Where the line of joined cookies begins, and where it ends, its CRLF included; 0 when there is none yet.
    private var cookieStart = 0
    private var cookieEnd = 0
    /// Regular fields so far; all cookies count as one.
    private var fields = 0
    var pseudo = PseudoFields()
    /// -1 when there is none.
    private(set) var contentLength: Int64 = -1
    private var hostLines = 0

    /// - Parameter buffer: `LocalSettings.headBufferBytes` long.
    init(_ kind: Kind, buffer: UnsafeMutableRawPointer, settings: LocalSettings) {
        self.kind = kind
        self.buffer = buffer
        limit = settings.headBytes
        fieldLimit = settings.headFields
    }

    /// Decodes the whole block.
    mutating func decode(_ block: UnsafeRawBufferPointer, _ decoder: inout HeaderDecoder) throws(HPACKError) {
        decoder.begin(block)
        while let field = try decoder.next(into: buffer, at: position) {
            // Only the tables matter any more: the next field goes over this one.
            if isMalformed || isTooLarge { continue }
            if field.end - Self.headroom > limit || fields > fieldLimit {
                isTooLarge = true
                position = Self.headroom
                continue
            }
            let isValid =
                field.nameLength > 0 && buffer.load(fromByteOffset: field.name, as: UInt8.self) == 0x3A
                ? takePseudo(field) : takeRegular(field)
            if !isValid {
                isMalformed = true
                position = Self.headroom
            }
        }
        if regular < 0 { regular = position }
    }

    private mutating func takePseudo(_ field: HeaderDecoder.Field) -> Bool {
        guard regular < 0, kind != .trailers else { return false }
        position = field.end
        return pseudo.take(field, buffer, isRequest: kind == .request)
    }

    private mutating func takeRegular(_ field: HeaderDecoder.Field) -> Bool {
        if regular < 0 { regular = field.name }
        fields += 1
        let name = buffer + field.name
        let value = buffer + field.value
        if field.staticIndex == 0 {
            guard FieldRules.isName(name, field.nameLength) else { return false }
        }
        guard FieldRules.isValue(value, field.valueLength) else { return false }
        switch FieldRules.kind(name, field.nameLength) {
        case .ordinary: position = field.end
        case .connectionSpecific: return false
        case .te:
            guard kind != .request || FieldRules.equals(value, field.valueLength, anyCase: "trailers") else {
                return false
            }
            position = field.end
        case .host where kind == .request: return takeHost(field)
        case .cookie where kind == .request: takeCookie(field)
        case .host, .cookie: position = field.end
        case .contentLength:
            position = field.end
            guard kind != .trailers else { return true }
            guard let length = FieldRules.contentLength(value, field.valueLength),
                contentLength < 0 || contentLength == length
            else { return false }
            // The HTTP/1.1 parser has its say about repeated ones.
            contentLength = length
        }
        return true
    }

    /// Host must say what :authority says, and is dropped then (section 8.3.1).
    private mutating func takeHost(_ field: HeaderDecoder.Field) -> Bool {
        guard field.valueLength > 0 else { return false }
        hostLines += 1
        guard pseudo.has(.authority) else {
            position = field.end
            return hostLines == 1
        }
        guard pseudo.authority.count == field.valueLength else { return false }
        let authority = buffer + pseudo.authority.lowerBound
        let value = buffer + field.value
        for offset in 0..<field.valueLength
        where Self.lowercased(authority, offset) != Self.lowercased(value, offset) { return false }
        return true
    }

    private static func lowercased(_ base: UnsafeRawPointer, _ offset: Int) -> UInt8 {
        let byte = base.load(fromByteOffset: offset, as: UInt8.self)
        return byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// Cookies that came in pieces are put together (section 8.2.3). Their line goes to the end when others have come in
    /// between: at most as often as there may be fields, so that no order of them makes this expensive.
    private mutating func takeCookie(_ field: HeaderDecoder.Field) {
        guard cookieEnd > 0 else {
            cookieStart = field.name
            cookieEnd = field.end
            position = field.end
            return
        }
        fields -= 1
        if cookieEnd < field.name { moveCookies(to: field.name) }
        let end = buffer + cookieEnd - 2
        end.storeBytes(of: UInt16(bigEndian: 0x3B20), as: UInt16.self)
        memmove(end + 2, buffer + field.value, field.valueLength)
        (end + 2 + field.valueLength).storeBytes(of: UInt16(bigEndian: 0x0D0A), as: UInt16.self)
        cookieEnd += field.valueLength + 2
        position = cookieEnd
    }

    /// Moves the line of cookies so that it ends at `end`, and what stood in between in front of it.
    private mutating func moveCookies(to end: Int) {
        let count = cookieEnd - cookieStart
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { copy in
            guard let line = copy.baseAddress else { return }
            memcpy(line, buffer + cookieStart, count)
            memmove(buffer + cookieStart, buffer + cookieEnd, end - cookieEnd)
            memcpy(buffer + end - count, line, count)
        }
        cookieStart = end - count
        cookieEnd = end
    }

    // MARK: The text

    /// Finishes a request.
    mutating func finishRequest(endsStream: Bool) -> Outcome {
        if isTooLarge { return .tooLarge }
        guard !isMalformed, pseudo.isCompleteRequest(buffer) else { return .malformed }
        guard pseudo.has(.authority) ? pseudo.authority.count > 0 : hostLines > 0 else { return .malformed }
        if endsStream, contentLength > 0 { return .malformed }
        let connect = pseudo.connectProtocol(buffer)
        if connect != .none {
            append("connection: upgrade\r\nupgrade: ")
            append(pseudo.protocol)
            append("\r\n")
        } else if endsStream {
            // Servers that insist on a length for these (411) need not know that the client used another version.
            if contentLength < 0, pseudo.expectsContent(buffer) { append("content-length: 0\r\n") }
        } else if contentLength < 0 {
            append("transfer-encoding: chunked\r\n")
        }
        append("\r\n")
        let start = pseudo.writeRequestLine(buffer, endingAt: regular)
        return .complete(HeadText(offset: start, count: position - start, connect: connect))
    }

    /// Finishes a response head, interim or not; `status` is what it says.
    ///
    /// - Parameter answersHead: the response has no body whatever its fields say.
    mutating func finishResponse(endsStream: Bool, answersHead: Bool) -> (Outcome, status: Int) {
        let status = pseudo.status(buffer)
        if isTooLarge { return (.tooLarge, status) }
        guard !isMalformed, status >= 100, status != 101 else { return (.malformed, status) }
        let hasNoBody = answersHead || status == 204 || status == 304 || status < 200
        if status < 200 {
            guard !endsStream else { return (.malformed, status) }
        } else if endsStream {
            guard contentLength <= 0 || hasNoBody else { return (.malformed, status) }
            if contentLength < 0, !hasNoBody { append("content-length: 0\r\n") }
        } else if contentLength < 0, !hasNoBody {
            append("transfer-encoding: chunked\r\n")
        }
        append("\r\n")
        let start = pseudo.writeStatusLine(buffer, endingAt: regular)
        return (.complete(HeadText(offset: start, count: position - start)), status)
    }

    mutating func finishTrailers() -> Outcome {
        if isTooLarge { return .tooLarge }
        guard !isMalformed else { return .malformed }
        append("\r\n")
        return .complete(HeadText(offset: Self.headroom, count: position - Self.headroom))
    }

    private mutating func append(_ text: StaticString) {
        memcpy(buffer + position, text.utf8Start, text.utf8CodeUnitCount)
        position += text.utf8CodeUnitCount
    }

    private mutating func append(_ range: Range<Int>) {
        memcpy(buffer + position, buffer + range.lowerBound, range.count)
        position += range.count
    }
}
