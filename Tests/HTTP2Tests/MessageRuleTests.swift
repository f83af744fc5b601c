import Foundation
import HTTP2
import Testing

/// What a message must be (RFC 9113 section 8), and the HTTP/1.1 text that a good one becomes.
@Suite struct MessageRuleTests {
    struct Malformed: Sendable, CustomTestStringConvertible {
        var name: String
        var fields: [(String, String)]
        var ends = true
        var testDescription: String { name }
    }

    private static func get(_ more: (String, String)...) -> [(String, String)] { getFields + more }

    static let malformed: [Malformed] = [
        Malformed(name: "no :method", fields: Array(getFields[1...])),
        Malformed(name: "no :scheme", fields: [getFields[0], getFields[2], getFields[3]]),
        Malformed(name: "no :path", fields: [getFields[0], getFields[1], getFields[3]]),
        Malformed(name: "an empty :path", fields: [getFields[0], getFields[1], (":path", ""), getFields[3]]),
        Malformed(
            name: "an absolute :path", fields: [getFields[0], getFields[1], (":path", "http://b.test/"), getFields[3]]),
        Malformed(name: "a :path of * for GET", fields: [getFields[0], getFields[1], (":path", "*"), getFields[3]]),
        Malformed(
            name: "a space in :path", fields: [getFields[0], getFields[1], (":path", "/ HTTP/1.1"), getFields[3]]),
        Malformed(name: "CR LF in :path", fields: [getFields[0], getFields[1], (":path", "/\r\nx: y"), getFields[3]]),
        Malformed(
            name: "CR LF in :method",
            fields: [(":method", "GET / HTTP/1.1\r\n"), getFields[1], getFields[2], getFields[3]]),
        Malformed(
            name: "CR LF in :authority",
            fields: [getFields[0], getFields[1], getFields[2], (":authority", "a\r\nx: y")]),
        Malformed(name: "another scheme", fields: [getFields[0], (":scheme", "ftp"), getFields[2], getFields[3]]),
        Malformed(name: ":method twice", fields: get((":method", "GET"))),
        Malformed(name: ":path twice", fields: get((":path", "/"))),
        Malformed(name: "an unknown pseudo-header field", fields: get((":made-up", "x"))),
        Malformed(name: "a pseudo-header field of responses", fields: get((":status", "200"))),
        Malformed(
            name: "a pseudo-header field behind a regular one",
            fields: [getFields[0], getFields[1], getFields[3], ("a", "b"), getFields[2]]),
        Malformed(name: "an empty :authority", fields: [getFields[0], getFields[1], getFields[2], (":authority", "")]),
        Malformed(name: "neither :authority nor Host", fields: Array(getFields[0...2])),
        Malformed(name: "an empty Host", fields: getFields[0...2] + [("host", "")]),
        Malformed(name: "Host that differs from :authority", fields: get(("host", "b.test"))),
        Malformed(name: "two Hosts", fields: getFields[0...2] + [("host", "a.test"), ("host", "a.test")]),
        Malformed(name: "an upper-case name", fields: get(("X-Upper", "1"))),
        Malformed(name: "an empty name", fields: get(("", "1"))),
        Malformed(name: "a colon in a name", fields: get(("a:b", "1"))),
        Malformed(name: "a space in a name", fields: get(("a b", "1"))),
        Malformed(name: "CR in a name", fields: get(("a\r", "1"))),
        Malformed(name: "a byte above ASCII in a name", fields: get(("\u{e4}", "1"))),
        Malformed(name: "CR LF in a value", fields: get(("a", "b\r\nc: d"))),
        Malformed(name: "LF in a value", fields: get(("a", "b\nc: d"))),
        Malformed(name: "NUL in a value", fields: get(("a", "b\u{0}"))),
        Malformed(name: "a value that begins with a space", fields: get(("a", " b"))),
        Malformed(name: "a value that ends with a tab", fields: get(("a", "b\t"))),
        Malformed(name: "Connection", fields: get(("connection", "close"))),
        Malformed(name: "Keep-Alive", fields: get(("keep-alive", "1"))),
        Malformed(name: "Proxy-Connection", fields: get(("proxy-connection", "close"))),
        Malformed(name: "Transfer-Encoding", fields: get(("transfer-encoding", "chunked"))),
        Malformed(name: "Upgrade", fields: get(("upgrade", "h2c"))),
        Malformed(name: "TE other than trailers", fields: get(("te", "gzip"))),
        Malformed(name: "Content-Length that is no number", fields: get(("content-length", "1x")), ends: false),
        Malformed(name: "Content-Length with a sign", fields: get(("content-length", "+1")), ends: false),
        Malformed(name: "two lengths", fields: get(("content-length", "1"), ("content-length", "2")), ends: false),
        Malformed(name: "Content-Length without a body", fields: get(("content-length", "1"))),
        Malformed(
            name: "CONNECT with :path", fields: [(":method", "CONNECT"), (":authority", "a.test:1"), (":path", "/")]),
        Malformed(name: "CONNECT without :authority", fields: [(":method", "CONNECT")]),
        Malformed(
            name: "extended CONNECT that is not allowed",
            fields: [(":method", "CONNECT"), (":protocol", "websocket")] + getFields[1...]),
        Malformed(name: ":protocol without CONNECT", fields: get((":protocol", "websocket"))),
    ]

    @Test(arguments: malformed)
    func `a malformed request ends its stream and nothing else`(request: Malformed) {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1, block(request.fields), ends: request.ends))
        #expect(endpoint.takeEvents() == [])
        #expect(endpoint.takeOutput() == [.reset(1, .protocolError)])
        #expect(endpoint.state.malformedStreams == 1)
        endpoint.receive(.headers(3))
        #expect(endpoint.takeEvents().count == 1)
    }

    private func text(_ fields: [(String, String)], ends: Bool = true) throws -> String {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1, block(fields), ends: ends))
        try #require(endpoint.events.count == 1)
        return endpoint.events[0].text
    }

    @Test func `a request becomes HTTP/1.1 text`() throws {
        #expect(
            try text(getFields + [("accept", "*/*"), ("te", "trailers")])
                == "GET / HTTP/1.1\r\nhost: a.test\r\naccept: */*\r\nte: trailers\r\n\r\n")
    }

    @Test func `pseudo-header fields may come in any order`() throws {
        #expect(try text(getFields.reversed()) == "GET / HTTP/1.1\r\nhost: a.test\r\n\r\n")
    }

    @Test func `Host stands in for :authority and is dropped beside it`() throws {
        #expect(try text(getFields[0...2] + [("host", "a.test")]) == "GET / HTTP/1.1\r\nhost: a.test\r\n\r\n")
        #expect(
            try text(getFields + [("host", "A.test"), ("b", "c")]) == "GET / HTTP/1.1\r\nhost: a.test\r\nb: c\r\n\r\n")
    }

    @Test func `cookies are joined wherever they stand`() throws {
        #expect(
            try text(getFields + [("cookie", "a=1"), ("cookie", "b=2"), ("x", "y"), ("cookie", "c=3"), ("z", "")])
                == "GET / HTTP/1.1\r\nhost: a.test\r\nx: y\r\ncookie: a=1; b=2; c=3\r\nz: \r\n\r\n")
    }

    @Test func `cookies in very many pieces stay one line`() throws {
        let pieces = (0..<1000).flatMap { [("cookie", "\($0)")] + ($0 % 100 == 0 ? [("x-\($0)", "")] : []) }
        let head = try text(getFields + pieces)
        #expect(head.contains("\r\ncookie: 0; 1; 2; 3;"))
        #expect(head.contains("; 998; 999\r\n"))
        #expect(head.components(separatedBy: "\r\nx-").count == 11)
    }

    @Test func `too many fields are too large a head`() {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1, block(getFields + (0..<129).flatMap { [("cookie", "c"), ("x", "\($0)")] })))
        #expect(endpoint.events.map(\.event) == [.headTooLarge(slot: 0, endsStream: true)])
    }

    @Test func `what follows tells the framing of a body`() throws {
        #expect(try text(postFields, ends: false).hasSuffix("\r\ntransfer-encoding: chunked\r\n\r\n"))
        #expect(try text(postFields).hasSuffix("\r\ncontent-length: 0\r\n\r\n"))
        #expect(
            try text(postFields + [("content-length", "3")], ends: false)
                == "POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 3\r\n\r\n")
    }

    @Test func `CONNECT keeps its authority`() throws {
        #expect(
            try text([(":method", "CONNECT"), (":authority", "a.test:443")], ends: false).hasPrefix(
                "CONNECT a.test:443 HTTP/1.1\r\nhost: a.test:443\r\n"))
    }

    @Test func `extended CONNECT becomes an upgrade`() throws {
        var settings = LocalSettings()
        settings.enablesConnectProtocol = true
        let endpoint = Endpoint.ready(.server, settings)
        endpoint.receive(
            .headers(1, block([(":method", "CONNECT"), (":protocol", "websocket")] + getFields[1...]), ends: false))
        #expect(
            endpoint.events[0].text
                == "GET / HTTP/1.1\r\nhost: a.test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n")
        guard case .head(_, let text, _) = endpoint.events[0].event else { return #expect(Bool(false)) }
        #expect(text.connect == .webSocket)
    }

    @Test func `a head above the limit is refused without losing the tables`() {
        var settings = LocalSettings()
        settings.headBytes = 2000
        let endpoint = Endpoint.ready(.server, settings)
        var encoder = HeaderEncoder()
        let large = (0..<40).map { ("x-\($0)", String(repeating: "v", count: 60)) }
        endpoint.receive(.headers(1, encodeBlock(getFields + large, &encoder)))
        #expect(endpoint.takeEvents().map(\.event) == [.headTooLarge(slot: 0, endsStream: true)])
        endpoint.receive(.headers(3, encodeBlock(getFields + [("a", "b")], &encoder)))
        endpoint.receive(.headers(5, encodeBlock(getFields + [("a", "b")], &encoder)))
        endpoint.receive(.headers(7, encodeBlock(getFields + [("a", "b")], &encoder)))
        #expect(
            endpoint.events.map(\.text) == Array(repeating: "GET / HTTP/1.1\r\nhost: a.test\r\na: b\r\n\r\n", count: 3))
    }

    @Test func `a response becomes text with a framing that HTTP/1.1 knows`() {
        let cases: [(fields: [(String, String)], ends: Bool, text: String)] = [
            ([(":status", "200"), ("content-length", "2")], false, "HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\n"),
            ([(":status", "200")], false, "HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n"),
            ([(":status", "200")], true, "HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n"),
            ([(":status", "204")], true, "HTTP/1.1 204 \r\n\r\n"),
            ([(":status", "304"), ("content-length", "9")], true, "HTTP/1.1 304 \r\ncontent-length: 9\r\n\r\n"),
            ([(":status", "103"), ("link", "x")], false, "HTTP/1.1 103 \r\nlink: x\r\n\r\n"),
        ]
        for (fields, ends, text) in cases {
            let endpoint = Endpoint.ready(.client)
            _ = endpoint.request()
            endpoint.receive(.headers(1, block(fields), ends: ends))
            #expect(endpoint.events.map(\.text) == [text])
        }
    }

    @Test func `more or less body than Content-Length ends the stream`() {
        for (count, ends) in [(2, true), (4, false), (4, true)] {
            let endpoint = Endpoint.ready(.server)
            endpoint.receive(
                .headers(1, block(postFields + [("content-length", "3")]), ends: false), .data(1, count, ends: ends))
            #expect(endpoint.takeOutput() == [.reset(1, .protocolError)])
            #expect(endpoint.events.last?.event == .streamFailed(slot: 0, code: .protocolError))
        }
    }

    @Test func `trailers that come too early, or with pseudo-header fields, end the stream`() {
        let short = [
            Frame.headers(1, block(postFields + [("content-length", "3")]), ends: false),
            .headers(1, block([("a", "b")])),
        ]
        let pseudo = [Frame.headers(1, postBlock, ends: false), .headers(1, getBlock)]
        let open = [Frame.headers(1, postBlock, ends: false), .headers(1, block([("a", "b")]), ends: false)]
        for frames in [short, pseudo, open] {
            let endpoint = Endpoint.ready(.server)
            endpoint.receive(frames)
            #expect(endpoint.takeOutput() == [.reset(1, .protocolError)])
        }
    }

    @Test func `trailers end the body`() {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1, postBlock, ends: false), .data(1, 3), .headers(1, block([("a", "b")])))
        #expect(endpoint.events.map(\.text).suffix(2) == ["aaa", "a: b\r\n\r\n"])
    }
}
