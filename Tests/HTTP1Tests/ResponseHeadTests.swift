import HTTP1
import HTTPSemantics
import Testing

@Suite struct ResponseHeadTests {
    @Test(
        arguments: [
            ("HTTP/1.1 200 OK", 200, "OK", 1), ("HTTP/1.1 404 Not Found", 404, "Not Found", 1),
            ("HTTP/1.0 500 ", 500, "", 0), ("HTTP/1.1 204", 204, "", 1), ("HTTP/1.1 999 x", 999, "x", 1),
            ("HTTP/1.3 200  a\tb ", 200, " a\tb ", 1), ("HTTP/1.1 200 \u{FF}", 200, "\u{FFFD}", 1),
        ])
    func `a status line is taken apart`(line: String, status: Int, reason: String, minor: Int) throws {
        let parsed = try response(line + "\r\nX: y\r\n\r\n")
        #expect(Int(parsed.head.status) == status)
        #expect(parsed.reason == reason)
        #expect(Int(parsed.head.minorVersion) == minor)
        #expect(parsed.fields.map(\.value) == ["y"])
        #expect(Int(parsed.head.headLength) == latin1(line).count + 10)
    }

    @Test(
        arguments: [
            ("HTTP/1.1 99 x", HeadError.invalidStatus), ("HTTP/1.1 099 x", .invalidStatus),
            ("HTTP/1.1 2000 x", .invalidStatus), ("HTTP/1.1 20", .invalidStatus), ("HTTP/1.1 abc", .invalidStatus),
            ("HTTP/1.1 -20 x", .invalidStatus), ("HTTP/1.1  200 x", .invalidStatus),
            ("HTTP/1.1 200\tx", .invalidStatus),
            ("HTTP/1.1\t200 x", .invalidStartLine), ("HTTP/1.1", .invalidStartLine),
            ("HTTP/2 200 x", .invalidStartLine),
            ("HTTP/2.0 200 x", .unsupportedVersion), ("ICY 200 OK", .invalidStartLine), ("", .invalidStartLine),
            ("HTTP/1.1 200 a\u{0}b", .controlByte), ("HTTP/1.1 200 a\rb", .bareCarriageReturn),
            ("HTTP/1.1 200 a\nb", .bareLineFeed), ("HTTP/1.1 200\nX: y", .bareLineFeed),
        ])
    func `a malformed status line is refused`(line: String, error: HeadError) {
        #expect(responseRefusal(line + "\r\nContent-Length: 0\r\n\r\n") == error)
    }

    @Test(
        arguments: [
            (200, RequestMethod.get, "Content-Length: 5", BodyFraming.contentLength(5), true),
            (200, .get, "Transfer-Encoding: chunked", .chunked, true), (200, .get, "X: y", .untilClose, false),
            (200, .get, "Connection: keep-alive", .untilClose, false), (500, .post, "X: y", .untilClose, false),
            (200, .head, "Content-Length: 5", .none, true), (200, .head, "Transfer-Encoding: chunked", .none, true),
            (200, .head, "X: y", .none, true), (304, .get, "Content-Length: 5", .none, true),
            (304, .get, "X: y", .none, true), (204, .get, "X: y", .none, true),
            (204, .get, "Content-Length: 0", .none, true), (204, .get, "Content-Length: 5", .none, false),
            (204, .get, "Transfer-Encoding: chunked", .none, false), (100, .post, "X: y", .none, true),
            (103, .get, "Content-Length: 5", .none, false), (101, .get, "X: y", .none, true),
            (200, .connect, "X: y", .none, true), (200, .connect, "Content-Length: 5", .none, false),
            (407, .connect, "Content-Length: 5", .contentLength(5), true),
            (205, .get, "Content-Length: 0", .contentLength(0), true),
        ])
    func `a response body is framed by status, request method and fields`(
        status: Int, method: RequestMethod, line: String, framing: BodyFraming, persistent: Bool
    ) throws {
        let head = try response("HTTP/1.1 \(status) x\r\n\(line)\r\n\r\n", to: method).head
        #expect(head.framing == framing)
        #expect(head.persistent == persistent)
        #expect(head.isInterim == (status == 100 || status == 103))
    }

    @Test func `the same Content-Length twice is accepted and forwarded once`() throws {
        let parsed = try response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\nContent-Length: 5\r\n\r\n")
        #expect(parsed.head.framing == .contentLength(5))
        #expect(parsed.fields.map(\.isHopByHop) == [false, false, true])
    }

    @Test func `different Content-Length values are refused`() {
        #expect(
            responseRefusal("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")
                == .duplicateContentLength)
    }

    @Test(arguments: [("204", true), ("100", true), ("304", false), ("200", false)])
    func `Content-Length is not forwarded where it must not be`(status: String, dropped: Bool) throws {
        let parsed = try response("HTTP/1.1 \(status) x\r\nContent-Length: 0\r\n\r\n")
        #expect(parsed.fields[0].isHopByHop == dropped)
    }

    @Test func `fields named by Connection are hop-by-hop in a response too`() throws {
        let parsed = try response(
            "HTTP/1.1 101 x\r\nConnection: upgrade, X-Hop\r\nUpgrade: h2c\r\nx-hop: 1\r\nSet-Cookie: a=b\r\n\r\n")
        #expect(parsed.fields.map(\.isHopByHop) == [true, true, true, false])
        #expect(parsed.head.hasUpgrade)
        #expect(parsed.head.knownFields.contains(.setCookie))
    }
}
