import HTTP1
import HTTPSemantics
import Testing

@Suite struct RequestLineTests {
    @Test func `a request line is taken apart`() throws {
        let parsed = try request("GET /a/b?x=1&y=2 HTTP/1.1\r\nHost: example.com:8080\r\n\r\nbody")
        #expect(parsed.head.method == .get)
        #expect(parsed.method == "GET")
        #expect(parsed.path == "/a/b")
        #expect(parsed.query == "x=1&y=2")
        #expect(parsed.authority == "example.com:8080")
        #expect(parsed.head.targetForm == .origin)
        #expect(parsed.head.minorVersion == 1)
        #expect(parsed.head.framing == .none)
        #expect(parsed.head.headLength == 53)
    }

    @Test(
        arguments: [
            ("GET", RequestMethod.get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete),
            ("TRACE", .trace), ("PATCH", .patch), ("OPTIONS", .options), ("get", .other), ("PROPFIND", .other),
            ("PRI", .other), ("GE", .other), ("GETS", .other), ("M-SEARCH", .other), ("!#$%&'*+-.^_`|~", .other),
        ])
    func `a method is any token`(name: String, method: RequestMethod) throws {
        let parsed = try request("\(name) / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(parsed.method == name)
        #expect(parsed.head.method == method)
    }

    @Test(
        arguments: [
            (" / HTTP/1.1\r\n", HeadError.invalidMethod), ("G@T / HTTP/1.1\r\n", .invalidMethod),
            ("GET\t/ HTTP/1.1\r\n", .invalidMethod), ("GET\r\n", .invalidMethod),
            ("GET: / HTTP/1.1\r\n", .invalidMethod),
            ("G\u{E9}T / HTTP/1.1\r\n", .invalidMethod), ("GET  / HTTP/1.1\r\n", .invalidStartLine),
            ("GET /\r\n", .invalidStartLine), ("GET / \r\n", .invalidStartLine), ("GET /\n", .bareLineFeed),
            ("GET /  HTTP/1.1\r\n", .invalidStartLine), ("GET / HTTP/1.1 \r\n", .invalidStartLine),
            ("GET / HTTP/1.1\n", .bareLineFeed), ("GET / HTTP/1.1\r\r\n", .bareCarriageReturn),
            ("GET / http/1.1\r\n", .invalidStartLine), ("GET / HTTP/1\r\n", .invalidStartLine),
            ("GET / HTTP/1.10\r\n", .invalidStartLine), ("GET / HTTP/11\r\n", .invalidStartLine),
            ("GET / HTTP/a.1\r\n", .invalidStartLine), ("GET / HTTP1.1\r\n", .invalidStartLine),
            ("GET / HTTP/2.0\r\n", .unsupportedVersion), ("GET / HTTP/0.9\r\n", .unsupportedVersion),
            ("GET / HTTP/9.9\r\n", .unsupportedVersion), ("\u{16}\u{3}\u{1}\u{2}\u{0}", .invalidMethod),
            ("\nGET / HTTP/1.1\r\n", .bareLineFeed), ("\rGET / HTTP/1.1\r\n", .bareCarriageReturn),
        ])
    func `a malformed request line is refused`(line: String, error: HeadError) {
        #expect(refusal(line + "Host: example.com\r\n\r\n") == error)
    }

    @Test func `a later minor version is read as the one we speak`() throws {
        let parsed = try request("GET / HTTP/1.7\r\nHost: a\r\n\r\n")
        #expect(parsed.head.minorVersion == 1)
    }

    @Test func `an HTTP 1_0 request needs no Host`() throws {
        let parsed = try request("GET / HTTP/1.0\r\n\r\n")
        #expect(parsed.head.minorVersion == 0)
        #expect(parsed.head.authorityLength == 0)
        #expect(!parsed.head.persistent)
    }

    @Test(arguments: 0...4)
    func `a few empty lines before the request line are skipped`(count: Int) throws {
        let empty = String(repeating: "\r\n", count: count)
        let parsed = try request(empty + "GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(parsed.path == "/x")
        #expect(Int(parsed.head.headLength) == count * 2 + 28)
    }

    @Test func `many empty lines before the request line are refused`() {
        #expect(refusal(String(repeating: "\r\n", count: 5) + "GET / HTTP/1.1\r\n") == .tooManyEmptyLines)
    }

    @Test func `the preface of HTTP 2 is recognised when it is complete`() {
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        for length in 0..<preface.utf8.count {
            #expect(parseRequest(Array(preface.utf8.prefix(length))) == .incomplete, "\(length) bytes")
        }
        #expect(parseRequest(preface) == .http2Preface)
        #expect(parseRequest(preface + "\u{0}\u{0}\u{12}") == .http2Preface)
        #expect(refusal("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n") == .invalidTarget)
        #expect(refusal("PRI / HTTP/2.0\r\n\r\n") == .unsupportedVersion)
    }

    @Test func `every error has a status and a reason`() {
        for error in HeadError.allCases {
            #expect([400, 414, 431, 501, 505].contains(error.status))
            #expect(error.reason.utf8CodeUnitCount > 5)
        }
        #expect(HeadError.startLineTooLong.status == 414)
        #expect(HeadError.fieldsTooLarge.status == 431)
        #expect(HeadError.tooManyFields.status == 431)
        #expect(HeadError.unsupportedTransferCoding.status == 501)
        #expect(HeadError.unsupportedVersion.status == 505)
        #expect(HeadError.conflictingFraming.status == 400)
    }
}
