import HTTP1
import Testing

@Suite struct ConnectionTests {
    @Test(
        arguments: [
            ("1.1", nil, true), ("1.0", nil, false), ("1.1", "close", false), ("1.1", "Close", false),
            ("1.1", "keep-alive", true), ("1.0", "keep-alive", true), ("1.0", "Keep-Alive", true),
            ("1.0", "keep-alive, close", false), ("1.1", "x, close ,y", false), ("1.1", "closed", true),
            ("1.1", "", true), ("1.1", ", ,close", false), ("1.0", "upgrade", false),
        ] as [(String, String?, Bool)])
    func `a connection persists as its version and options say`(
        version: String, options: String?, persists: Bool
    ) throws {
        let line = options.map { "Connection: \($0)" } ?? "X: y"
        #expect(try request(requestText(line, version: version)).head.persistent == persists)
        let answer = "HTTP/\(version) 200 OK\r\nContent-Length: 0\r\n\(line)\r\n\r\n"
        #expect(try response(answer).head.persistent == persists)
    }

    @Test func `several Connection lines are one list`() throws {
        let parsed = try request(
            requestText("Connection: keep-alive", "Connection: X-A", "Connection: close", "X-a: 1"))
        #expect(!parsed.head.persistent)
        #expect(parsed.hopByHop == ["Connection", "Connection", "Connection", "X-a"])
    }

    @Test func `the fixed hop-by-hop fields are marked`() throws {
        let names = [
            "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade", "HTTP2-Settings", "Proxy-Authenticate",
            "Proxy-Authorization", "Transfer-Encoding",
        ]
        let lines = names.map { $0 + ($0 == "Transfer-Encoding" ? ": chunked\r\n" : ": x\r\n") }.joined()
        let parsed = try request("POST / HTTP/1.1\r\nHost: a\r\nTrailer: x\r\n\(lines)Accept: x\r\n\r\n")
        #expect(parsed.hopByHop == names)
        let answer = try response("HTTP/1.1 200 OK\r\n\(lines)Server: x\r\n\r\n")
        #expect(answer.fields.filter(\.isHopByHop).map(\.name) == names)
    }

    @Test func `fields that Connection names are hop-by-hop wherever they stand`() throws {
        let parsed = try request(
            requestText("X-Before: 1", "Connection: x-before, X-AFTER,close", "x-After: 2", "X-Other: 3", "X-before: 4")
        )
        #expect(parsed.hopByHop == ["X-Before", "Connection", "x-After", "X-before"])
    }

    @Test func `fields that the proxy acts on cannot be taken out through Connection`() throws {
        let names = [
            "Host", "Content-Type", "Content-Length", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Via",
            "Authorization", "Cookie", "Origin", "Expect", "Date", "Content-Encoding", "Content-Range",
        ]
        let lines = names.dropFirst().map { "\($0): 1\r\n" }.joined()
        let parsed = try request(
            "POST / HTTP/1.1\r\nHost: a\r\n\(lines)Connection: \(names.joined(separator: ", "))\r\n\r\n")
        #expect(parsed.hopByHop == ["Connection"])
        #expect(parsed.head.framing == .contentLength(1))
        #expect(parsed.authority == "a")
    }

    @Test(arguments: ["a b", "\"close\"", "close;x", "a=b", "\u{E9}", "a@b"])
    func `a Connection value that is no list of tokens is refused`(value: String) {
        #expect(refusal(requestText("Connection: \(value)")) == .invalidConnection)
        #expect(responseRefusal("HTTP/1.1 200 OK\r\nConnection: \(value)\r\n\r\n") == .invalidConnection)
    }

    @Test func `64 names in Connection are accepted and one more is refused`() throws {
        let names = (1...65).map { "x\($0)" }
        let accepted = names.dropLast().joined(separator: ",")
        _ = try request(requestText("Connection: close, \(accepted)"))
        #expect(refusal(requestText("Connection: \(names.joined(separator: ","))")) == .invalidConnection)
        #expect(refusal(requestText("Connection: \(accepted)", "Connection: x65")) == .invalidConnection)
    }

    @Test(
        arguments: [
            ("1.1", "Upgrade: websocket", "Connection: Upgrade", true),
            ("1.1", "Upgrade: websocket", "Connection: keep-alive, upgrade", true),
            ("1.1", "Upgrade: websocket", "Connection: keep-alive", false),
            ("1.1", "X: y", "Connection: upgrade", false),
            ("1.0", "Upgrade: websocket", "Connection: Upgrade", false),
        ])
    func `an upgrade is offered by the field and the option together`(
        version: String, upgrade: String, connection: String, offered: Bool
    ) throws {
        #expect(try request(requestText(upgrade, connection, version: version)).head.hasUpgrade == offered)
    }

    @Test(
        arguments: [
            ("1.1", "100-continue", true), ("1.1", "100-Continue", true), ("1.1", "x, 100-continue", true),
            ("1.0", "100-continue", false), ("1.1", "100-continued", false), ("1.1", "", false),
        ])
    func `only an HTTP 1_1 client waits for 100`(version: String, value: String, waits: Bool) throws {
        #expect(try request(requestText("Expect: \(value)", version: version)).head.expectContinue == waits)
    }

    @Test(arguments: [("trailers", true), ("gzip, Trailers", true), ("trailer", false), ("deflate;q=0.5", false)])
    func `trailers are accepted when TE says so`(value: String, accepted: Bool) throws {
        #expect(try request(requestText("TE: \(value)")).head.acceptsTrailers == accepted)
    }
}
