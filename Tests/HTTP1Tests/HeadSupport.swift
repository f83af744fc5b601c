import HTTP1
import HTTPSemantics

/// A parsed request head together with the texts that its offsets name.
struct ParsedRequest {
    var head: RequestHead
    var fields: [ParsedField]
    private let bytes: [UInt8]

    init(head: RequestHead, fields: [ParsedField], bytes: [UInt8]) {
        self.head = head
        self.fields = fields
        self.bytes = bytes
    }

    var method: String { substring(bytes, head.methodOffset, head.methodLength) }
    var path: String { substring(bytes, head.pathOffset, head.pathLength) }
    var query: String? { head.hasQuery ? substring(bytes, head.queryOffset, head.queryLength) : nil }
    var authority: String { substring(bytes, head.authorityOffset, head.authorityLength) }
    var hopByHop: [String] { fields.filter(\.isHopByHop).map(\.name) }
}

struct ParsedField: Equatable {
    var name: String
    var value: String
    var known: KnownField
    var isHopByHop: Bool

    init(_ line: FieldLine, _ bytes: [UInt8]) {
        name = substring(bytes, line.nameOffset, UInt32(line.nameLength))
        value = substring(bytes, line.valueOffset, line.valueLength)
        known = line.known
        isHopByHop = line.isHopByHop
    }
}

func substring(_ bytes: [UInt8], _ offset: UInt32, _ length: UInt32) -> String {
    String(decoding: bytes[Int(offset)..<Int(offset) + Int(length)], as: UTF8.self)
}

/// The bytes of a text in which every character stands for one byte, so that any byte can be written.
func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
}

/// Parses `bytes` given at once.
func parseRequest(_ bytes: [UInt8], limits: HeadLimits = HeadLimits()) -> RequestHeadParse {
    let storage = FieldStorage()
    var scanned = 0
    return withExactCopy(bytes) {
        parseRequestHead(UnsafeRawBufferPointer($0), scannedUpTo: &scanned, fields: storage, limits: limits)
    }
}

func parseRequest(_ text: String, limits: HeadLimits = HeadLimits()) -> RequestHeadParse {
    parseRequest(latin1(text), limits: limits)
}

struct NotComplete: Error, CustomStringConvertible {
    var description: String
}

/// The request in `text`, which must be complete and valid.
func request(_ text: String, limits: HeadLimits = HeadLimits()) throws -> ParsedRequest {
    let storage = FieldStorage()
    let bytes = latin1(text)
    var scanned = 0
    let result = withExactCopy(bytes) {
        parseRequestHead(UnsafeRawBufferPointer($0), scannedUpTo: &scanned, fields: storage, limits: limits)
    }
    guard case .complete(let head) = result else { throw NotComplete(description: "\(result)") }
    let fields = storage.prefix(Int(head.fieldCount)).map { ParsedField($0, bytes) }
    return ParsedRequest(head: head, fields: fields, bytes: bytes)
}

/// Why the request in `text` is refused; nil when it is not.
func refusal(_ text: String, limits: HeadLimits = HeadLimits()) -> HeadError? {
    if case .invalid(let error) = parseRequest(text, limits: limits) { error } else { nil }
}

/// A request with the given field lines behind its Host.
func requestText(_ lines: String..., version: String = "1.1") -> String {
    "POST /upload HTTP/\(version)\r\nHost: example.com\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
}

/// A parsed response head together with its field texts.
struct ParsedResponse {
    var head: ResponseHead
    var reason: String
    var fields: [ParsedField]
}

/// The response in `text`, which must be complete and valid.
func response(_ text: String, to method: RequestMethod = .get) throws -> ParsedResponse {
    let storage = FieldStorage()
    let bytes = latin1(text)
    var scanned = 0
    let result = withExactCopy(bytes) {
        parseResponseHead(
            UnsafeRawBufferPointer($0), requestMethod: method, scannedUpTo: &scanned, fields: storage,
            limits: HeadLimits())
    }
    guard case .complete(let head) = result else { throw NotComplete(description: "\(result)") }
    return ParsedResponse(
        head: head, reason: substring(bytes, head.reasonOffset, head.reasonLength),
        fields: storage.prefix(Int(head.fieldCount)).map { ParsedField($0, bytes) })
}

func parseResponse(
    _ text: String, to method: RequestMethod = .get, limits: HeadLimits = HeadLimits()
) -> ResponseHeadParse {
    let storage = FieldStorage()
    var scanned = 0
    return withExactCopy(latin1(text)) {
        parseResponseHead(
            UnsafeRawBufferPointer($0), requestMethod: method, scannedUpTo: &scanned, fields: storage,
            limits: limits)
    }
}

/// Why the response in `text` is refused; nil when it is not.
func responseRefusal(_ text: String, to method: RequestMethod = .get, limits: HeadLimits = HeadLimits()) -> HeadError? {
    if case .invalid(let error) = parseResponse(text, to: method, limits: limits) { error } else { nil }
}
