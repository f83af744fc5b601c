import HTTP1
package import HTTPSemantics

/// Limits small enough for a fuzzer to reach.
private let limits = HeadLimits(requestLineBytes: 512, headerSectionBytes: 2048, fieldCount: 16)

/// Properties of `parseRequestHead` for any bytes.
package func checkRequestHead(_ bytes: UnsafeRawBufferPointer) throws {
    let fields = FieldStorage(capacity: 16)
    let whole = requestParse(bytes, fields)
    switch whole {
    case .complete(let head):
        let length = Int(head.headLength)
        try require(length <= bytes.count, "the head is longer than the buffer")
        let lines = fields.prefix(Int(head.fieldCount))
        try checkSection(bytes.prefix(length), lines: lines)
        try checkRequestMeaning(head, lines: lines, bytes)
        try require(requestParse(bytes.prefix(length), fields) == whole, "bytes behind the head change it")
        try require(requestParse(bytes.prefix(length - 1), fields) == .incomplete, "complete without its last byte")
    case .http2Preface:
        try require(bytes.starts(with: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), "not the preface")
    case .incomplete: try require(bytes.count < limits.maximumHeadBytes, "incomplete beyond all limits")
    case .invalid: break
    }
    let seed = bytes.last ?? 0
    for split in splitPositions(count: bytes.count, seed: seed) {
        var scanned = 0
        let first = withExactCopy(bytes[..<split]) {
            parseRequestHead(UnsafeRawBufferPointer($0), scannedUpTo: &scanned, fields: fields, limits: limits)
        }
        if first == .incomplete {
            let second = withExactCopy(bytes) {
                parseRequestHead(UnsafeRawBufferPointer($0), scannedUpTo: &scanned, fields: fields, limits: limits)
            }
            // What is wrong in a line may be noticed only when the head is complete.
            if case .invalid = whole, second == .incomplete { continue }
            try require(second == whole, "split at \(split): \(second) instead of \(whole)")
        } else if case .invalid = first {
            guard case .invalid = whole else { throw PropertyViolation("invalid at \(split), then \(whole)") }
        } else {
            try require(first == whole, "split at \(split): \(first) instead of \(whole)")
        }
    }
}

/// `checkResponseHead` for an input whose first byte chooses the method of the request that is answered.
package func checkResponseInput(_ bytes: UnsafeRawBufferPointer) throws {
    let methods: [RequestMethod] = [.get, .head, .connect]
    try checkResponseHead(
        UnsafeRawBufferPointer(rebasing: bytes.dropFirst()),
        requestMethod: methods[Int(bytes.first ?? 0) % methods.count])
}

/// Properties of `parseResponseHead` for any bytes.
package func checkResponseHead(_ bytes: UnsafeRawBufferPointer, requestMethod: RequestMethod) throws {
    let fields = FieldStorage(capacity: 16)
    let whole = responseParse(bytes, requestMethod, fields)
    switch whole {
    case .complete(let head):
        let length = Int(head.headLength)
        try require(length <= bytes.count, "the head is longer than the buffer")
        try checkSection(bytes.prefix(length), lines: fields.prefix(Int(head.fieldCount)))
        try require(head.status >= 100 && head.status <= 999, "status \(head.status)")
        if head.framing == .untilClose { try require(!head.persistent, "read until close, and persistent") }
        if requestMethod == .head || head.status < 200 || head.status == 204 || head.status == 304 {
            try require(head.framing == .none, "a response without a body has one")
        }
        let shorter = responseParse(bytes.prefix(length - 1), requestMethod, fields)
        try require(shorter == .incomplete, "complete without its last byte")
    case .incomplete: try require(bytes.count < limits.maximumHeadBytes, "incomplete beyond all limits")
    case .invalid: break
    }
    for split in splitPositions(count: bytes.count, seed: bytes.last ?? 0) {
        var scanned = 0
        let first = withExactCopy(bytes[..<split]) {
            parseResponseHead(
                UnsafeRawBufferPointer($0), requestMethod: requestMethod, scannedUpTo: &scanned, fields: fields,
                limits: limits)
        }
        if first == .incomplete {
            let second = withExactCopy(bytes) {
                parseResponseHead(
                    UnsafeRawBufferPointer($0), requestMethod: requestMethod, scannedUpTo: &scanned, fields: fields,
                    limits: limits)
            }
            if case .invalid = whole, second == .incomplete { continue }
            try require(second == whole, "split at \(split): \(second) instead of \(whole)")
        } else if case .invalid = first {
            guard case .invalid = whole else { throw PropertyViolation("invalid at \(split), then \(whole)") }
        } else {
            try require(first == whole, "split at \(split): \(first) instead of \(whole)")
        }
    }
}

private func requestParse(_ bytes: some Collection<UInt8>, _ fields: borrowing FieldStorage) -> RequestHeadParse {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    var scanned = 0
    return parseRequestHead(UnsafeRawBufferPointer(copy), scannedUpTo: &scanned, fields: fields, limits: limits)
}

private func responseParse(
    _ bytes: some Collection<UInt8>, _ method: RequestMethod, _ fields: borrowing FieldStorage
) -> ResponseHeadParse {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    var scanned = 0
    return parseResponseHead(
        UnsafeRawBufferPointer(copy), requestMethod: method, scannedUpTo: &scanned, fields: fields, limits: limits)
}

/// What holds for the bytes and lines of any accepted head, said without the parser's means.
private func checkSection(_ head: Slice<UnsafeRawBufferPointer>, lines: UnsafeBufferPointer<FieldLine>) throws {
    let bytes = Array(head)
    try require(bytes.suffix(4) == [13, 10, 13, 10], "the head does not end with an empty line")
    for (offset, byte) in bytes.enumerated() {
        if byte == 13 { try require(bytes[offset + 1] == 10, "bare CR at \(offset)") }
        if byte == 10 { try require(offset > 0 && bytes[offset - 1] == 13, "bare LF at \(offset)") }
        let isControl = byte < 32 && byte != 9 && byte != 13 && byte != 10 || byte == 127
        try require(!isControl, "control byte at \(offset)")
    }
    var end = 0
    for line in lines {
        let name = Int(line.nameOffset)..<Int(line.nameOffset) + Int(line.nameLength)
        let value = Int(line.valueOffset)..<Int(line.valueOffset) + Int(line.valueLength)
        try require(!name.isEmpty && name.lowerBound > end && value.lowerBound > name.upperBound, "order of offsets")
        try require(value.upperBound + 4 <= bytes.count, "a value leaves the head")
        try require(bytes[name.lowerBound - 1] == 10 && bytes[name.upperBound] == 58, "not a whole name")
        try require(bytes[name].allSatisfy { $0 > 32 && $0 < 127 && $0 != 58 }, "a name is no token")
        try require(bytes[value].first != 32 && bytes[value].last != 32, "a value is not trimmed")
        end = value.upperBound
    }
    let names = lines.map { String(decoding: bytes[Int($0.nameOffset)...].prefix(Int($0.nameLength)), as: UTF8.self) }
    let hasTransferEncoding = names.contains { $0.lowercased() == "transfer-encoding" }
    let hasContentLength = names.contains { $0.lowercased() == "content-length" }
    try require(!(hasTransferEncoding && hasContentLength), "both framings")
}

private func checkRequestMeaning(
    _ head: RequestHead, lines: UnsafeBufferPointer<FieldLine>, _ bytes: UnsafeRawBufferPointer
) throws {
    let hosts = lines.count { $0.known == .host }
    try require(hosts <= 1 && (hosts == 1 || head.minorVersion == 0), "\(hosts) Host fields")
    try require(lines.count { $0.known == .contentLength } <= 1, "several Content-Length")
    let target = bytes[Int(head.pathOffset)...].prefix(Int(head.pathLength))
    let query = bytes[Int(head.queryOffset)...].prefix(Int(head.queryLength))
    for byte in [target, query].joined() {
        try require(byte > 32 && byte != 127 && byte != 35, "byte \(byte) in the target")
    }
    try require(!target.contains(63), "a query in the path")
    for byte in bytes[Int(head.authorityOffset)...].prefix(Int(head.authorityLength)) {
        try require(byte > 44 && byte < 127 && byte != 47 && byte != 63 && byte != 64, "byte \(byte) in the authority")
    }
    if head.targetForm == .origin { try require(target.first == 47, "a path without /") }
    if let length = lines.first(where: { $0.known == .contentLength }) {
        let digits = bytes[Int(length.valueOffset)...].prefix(Int(length.valueLength))
        let number = UInt64(String(decoding: digits, as: UTF8.self))
        try require(number.map(BodyFraming.contentLength) == head.framing, "framing is not the Content-Length")
    } else if lines.contains(where: { $0.known == .transferEncoding }) {
        try require(head.framing == .chunked && head.minorVersion == 1, "framing is not chunked")
    } else {
        try require(head.framing == .none, "framing out of nothing")
    }
}
