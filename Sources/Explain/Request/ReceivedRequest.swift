import HTTP1
import HTTPSemantics

/// The request as the data plane sees it: written as HTTP/1.1, read by the same parser, normalised by the same functions.
struct ReceivedRequest {
    let head: RequestHead
    private let bytes: [UInt8]
    private let lines: [FieldLine]
    private let pathBytes: [UInt8]
    private let hostBytes: [UInt8]

    /// Why a request is answered before it is routed.
    struct Refusal: Error {
        var status: Int
        var reason: String
    }

    init(_ request: ExplainRequest) throws(Refusal) {
        var text = "\(request.method) \(request.url.target) HTTP/1.1\r\n"
        if !request.headers.contains(where: { $0.name.lowercased() == "host" }) {
            text += "Host: \(request.url.authority)\r\n"
        }
        for field in request.headers { text += "\(field.name): \(field.value)\r\n" }
        let bytes = Array((text + "\r\n").utf8)
        let (head, lines) = try Self.parse(bytes)
        guard head.method != .connect else {
            throw Refusal(status: 501, reason: "CONNECT is not served on HTTP listeners")
        }
        guard let path = Self.normalizedPath(head, bytes), let host = Self.normalizedHost(head, bytes) else {
            throw Refusal(status: 400, reason: "malformed request target or Host")
        }
        self.head = head
        self.lines = lines
        pathBytes = path
        hostBytes = host
        self.bytes = bytes
    }

    private static func parse(_ bytes: [UInt8]) throws(Refusal) -> (RequestHead, [FieldLine]) {
        let storage = FieldStorage()
        var scanned = 0
        let parse = bytes.withUnsafeBytes {
            parseRequestHead($0, scannedUpTo: &scanned, fields: storage, limits: HeadLimits())
        }
        switch parse {
        case .complete(let head): return (head, Array(storage.prefix(Int(head.fieldCount))))
        case .invalid(let error): throw Refusal(status: error.status, reason: "\(error.reason)")
        case .incomplete, .http2Preface: throw Refusal(status: 400, reason: "malformed request")
        }
    }

    var method: String { text(head.methodOffset, head.methodLength) }
    /// Normalised.
    var path: String { String(decoding: pathBytes, as: UTF8.self) }
    var query: String? { head.hasQuery ? text(head.queryOffset, head.queryLength) : nil }
    /// In lower case, without port.
    var host: String { String(decoding: hostBytes, as: UTF8.self) }
    /// `Host` as it was sent.
    var authority: String { text(head.authorityOffset, head.authorityLength) }

    var fields: [ReceivedField] {
        lines.map {
            ReceivedField(
                name: text($0.nameOffset, UInt32($0.nameLength)), value: text($0.valueOffset, $0.valueLength),
                known: $0.known, isHopByHop: $0.isHopByHop)
        }
    }

    func withView<Result>(_ body: (RequestView) -> Result) -> Result {
        // The host may be empty, and then its buffer has no address; the other two never are.
        bytes.withUnsafeBytes { bytes in
            pathBytes.withUnsafeBytes { path in
                hostBytes.withUnsafeBytes { host in
                    lines.withUnsafeBufferPointer { lines in
                        let query = bytes[Int(head.queryOffset)..<Int(head.queryOffset + head.queryLength)]
                        guard let base = bytes.baseAddress else { preconditionFailure("a head is never empty") }
                        return body(
                            RequestView(
                                method: head.method, path: path, query: UnsafeRawBufferPointer(rebasing: query),
                                host: host, base: base, fields: lines))
                    }
                }
            }
        }
    }

    private func text(_ offset: UInt32, _ length: UInt32) -> String {
        String(decoding: bytes[Int(offset)..<Int(offset) + Int(length)], as: UTF8.self)
    }

    private static func normalizedPath(_ head: RequestHead, _ bytes: [UInt8]) -> [UInt8]? {
        if head.pathLength == 0 { return [UInt8(ascii: "/")] }
        var path = Array(bytes[Int(head.pathOffset)..<Int(head.pathOffset + head.pathLength)])
        guard let length = path.withUnsafeMutableBytes({ PathNormalization.normalize($0) }) else { return nil }
        return Array(path.prefix(length))
    }

    private static func normalizedHost(_ head: RequestHead, _ bytes: [UInt8]) -> [UInt8]? {
        var host = [UInt8](repeating: 0, count: HostNormalization.maximumHostLength)
        let authority = bytes.withUnsafeBytes { bytes in
            host.withUnsafeMutableBytes { host in
                HostNormalization.normalize(
                    UnsafeRawBufferPointer(
                        rebasing: bytes[Int(head.authorityOffset)..<Int(head.authorityOffset + head.authorityLength)]),
                    into: host)
            }
        }
        return authority.map { Array(host.prefix($0.hostLength)) }
    }
}

/// A field line as the parser has classified it.
struct ReceivedField: Hashable {
    var name: String
    var value: String
    var known: KnownField
    var isHopByHop: Bool
}
