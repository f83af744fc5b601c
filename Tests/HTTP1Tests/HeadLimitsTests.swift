import HTTP1
import Testing

@Suite struct HeadLimitsTests {
    private let limits = HeadLimits(requestLineBytes: 40, headerSectionBytes: 60, fieldCount: 3)

    /// A request whose line without CRLF has `line` bytes and whose header section has `section` bytes.
    private func request(line: Int, section: Int) -> [UInt8] {
        let path = String(repeating: "p", count: line - "GET / HTTP/1.1".utf8.count)
        let value = String(repeating: "v", count: section - "Host: a\r\nX: \r\n\r\n".utf8.count)
        return latin1("GET /\(path) HTTP/1.1\r\nHost: a\r\nX: \(value)\r\n\r\n")
    }

    private func isComplete(_ bytes: [UInt8]) -> Bool {
        if case .complete = parseRequest(bytes, limits: limits) { true } else { false }
    }

    @Test func `a request line of the limit passes and one byte more is a 414`() {
        #expect(isComplete(request(line: 40, section: 20)))
        #expect(parseRequest(request(line: 41, section: 20), limits: limits) == .invalid(.startLineTooLong))
    }

    @Test func `a request line is too long as soon as its end cannot come in time`() {
        let bytes = request(line: 41, section: 20)
        #expect(parseRequest(Array(bytes.prefix(41)), limits: limits) == .incomplete)
        #expect(parseRequest(Array(bytes.prefix(42)), limits: limits) == .invalid(.startLineTooLong))
        #expect(parseRequest(Array(request(line: 40, section: 20).prefix(42)), limits: limits) == .incomplete)
    }

    @Test func `a header section of the limit passes and one byte more is a 431`() {
        #expect(isComplete(request(line: 40, section: 60)))
        #expect(parseRequest(request(line: 40, section: 61), limits: limits) == .invalid(.fieldsTooLarge))
    }

    @Test func `as many fields as the limit pass and one more is a 431`() {
        #expect(isComplete(latin1("GET / HTTP/1.1\r\nHost: a\r\na: 1\r\nb: 2\r\n\r\n")))
        let four = latin1("GET / HTTP/1.1\r\nHost: a\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n")
        #expect(parseRequest(four, limits: limits) == .invalid(.tooManyFields))
    }

    @Test func `the capacity of the storage bounds the fields too`() {
        let storage = FieldStorage(capacity: 2)
        for (count, isAccepted) in [(1, true), (2, true), (3, false), (128, false)] {
            let lines = (1...count).map { "f\($0): v\r\n" }.joined()
            var scanned = 0
            let result = withExactCopy(latin1("GET / HTTP/1.0\r\n\(lines)\r\n")) {
                parseRequestHead(
                    UnsafeRawBufferPointer($0), scannedUpTo: &scanned, fields: storage, limits: HeadLimits())
            }
            #expect((result == .invalid(.tooManyFields)) == !isAccepted, "\(count) fields")
        }
    }

    @Test(arguments: [1, 7])
    func `an endless request line is refused when the limit is passed, however it comes`(step: Int) {
        let bytes = latin1("GET /") + [UInt8](repeating: UInt8(ascii: "a"), count: 200)
        #expect(firstRefusal(bytes, step: step, error: .startLineTooLong) <= 40 + 2 + 16 + step)
    }

    @Test(arguments: [1, 7])
    func `an endless header section is refused when the limits are passed, however it comes`(step: Int) {
        let bytes = latin1("GET / HTTP/1.1\r\nHost: a\r\nX: ") + [UInt8](repeating: UInt8(ascii: "a"), count: 200)
        #expect(firstRefusal(bytes, step: step, error: .fieldsTooLarge) <= limits.maximumHeadBytes + step)
    }

    /// How many bytes had come, `step` at a time, when `error` was found.
    private func firstRefusal(_ bytes: [UInt8], step: Int, error: HeadError) -> Int {
        let storage = FieldStorage()
        var scanned = 0
        for count in stride(from: step, through: bytes.count, by: step) {
            let result = withExactCopy(bytes[..<count]) {
                parseRequestHead(UnsafeRawBufferPointer($0), scannedUpTo: &scanned, fields: storage, limits: limits)
            }
            if result == .incomplete { continue }
            #expect(result == .invalid(error))
            return count
        }
        return .max
    }

    @Test func `a status line and its fields have the same limits`() {
        let limits = HeadLimits(requestLineBytes: 20, headerSectionBytes: 20, fieldCount: 2)
        func result(reason: Int, value: Int) -> ResponseHeadParse {
            let reason = String(repeating: "r", count: reason - "HTTP/1.1 200 ".utf8.count)
            let value = String(repeating: "v", count: value - "X: \r\n\r\n".utf8.count)
            return parseResponse("HTTP/1.1 200 \(reason)\r\nX: \(value)\r\n\r\n", limits: limits)
        }
        #expect(result(reason: 21, value: 20) == .invalid(.startLineTooLong))
        #expect(result(reason: 20, value: 21) == .invalid(.fieldsTooLarge))
        guard case .complete = result(reason: 20, value: 20) else {
            Issue.record("a response at its limits is refused")
            return
        }
        #expect(
            parseResponse("HTTP/1.1 200 \r\na:\r\nb:\r\nc:\r\n\r\n", limits: limits) == .invalid(.tooManyFields))
    }
}
