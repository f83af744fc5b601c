import HTTP2
import Testing

/// What a peer may not do (RFC 9113 sections 3 to 8), the code that it is told, and whether that ends the stream or the
/// connection.
@Suite struct ProtocolRuleTests {
    enum Answer: Equatable {
        /// GOAWAY and the end.
        case connection(ErrorCode)
        /// RST_STREAM, and life goes on.
        case stream(UInt32, ErrorCode)
        /// Neither.
        case nothing
    }

    struct Rule: Sendable, CustomTestStringConvertible {
        var name: String
        var role: Role = .server
        /// What comes before, and does no harm.
        var before: [Frame] = []
        /// What this side does in between.
        var ours: @Sendable (Endpoint) -> Void = { _ in }
        var wrong: [Frame]
        var answer: Answer
        var testDescription: String { name }

        init(
            _ name: String, role: Role = .server, before: [Frame] = [],
            ours: @escaping @Sendable (Endpoint) -> Void = { _ in }, _ wrong: Frame..., is answer: Answer
        ) {
            self.name = name
            self.role = role
            self.before = before
            self.ours = ours
            self.wrong = wrong
            self.answer = answer
        }
    }

    static let idle: [Rule] = [
        Rule("DATA on stream 0", .data(0, 1), is: .connection(.protocolError)),
        Rule("DATA on an idle stream", .data(1, 1), is: .connection(.protocolError)),
        Rule("HEADERS on stream 0", .headers(0), is: .connection(.protocolError)),
        Rule("HEADERS on a stream of the server's", .headers(2), is: .connection(.protocolError)),
        Rule("HEADERS on a skipped stream", before: [.headers(5)], .headers(3), is: .connection(.protocolError)),
        Rule(
            "PRIORITY on stream 0", Frame(kind: .priority, payload: [0, 0, 0, 0, 0]), is: .connection(.protocolError)),
        Rule(
            "PRIORITY on an idle stream", Frame(kind: .priority, stream: 9, payload: [0, 0, 0, 1, 5]), is: .nothing),
        Rule("RST_STREAM on stream 0", .reset(0), is: .connection(.protocolError)),
        Rule("RST_STREAM on an idle stream", .reset(1), is: .connection(.protocolError)),
        Rule("WINDOW_UPDATE on an idle stream", .windowUpdate(1, 1), is: .connection(.protocolError)),
        Rule("WINDOW_UPDATE of 0 for the connection", .windowUpdate(0, 0), is: .connection(.protocolError)),
        Rule(
            "WINDOW_UPDATE above 2^31-1 for the connection", .windowUpdate(0, 0x7FFF_FFFF),
            is: .connection(.flowControlError)),
        Rule("CONTINUATION out of nothing", Frame(kind: .continuation, stream: 1), is: .connection(.protocolError)),
        Rule(
            "PUSH_PROMISE from a client", before: [.headers(1, ends: false)],
            Frame(kind: .pushPromise, flags: 4, stream: 1, payload: word(2)), is: .connection(.protocolError)),
        Rule("an unknown frame", Frame(kind: .unknown, flags: 0xFF, stream: 77, payload: [1, 2, 3]), is: .nothing),
    ]

    static let sizes: [Rule] = [
        Rule("a frame above SETTINGS_MAX_FRAME_SIZE", .data(1, 16_385), is: .connection(.frameSizeError)),
        Rule(
            "PRIORITY of 4 bytes", before: [.headers(1, ends: false)],
            Frame(kind: .priority, stream: 1, payload: [0, 0, 0, 0]), is: .stream(1, .frameSizeError)),
        Rule(
            "RST_STREAM of 3 bytes", before: [.headers(1)], Frame(kind: .resetStream, stream: 1, payload: [0, 0, 0]),
            is: .connection(.frameSizeError)),
        Rule(
            "SETTINGS of 5 bytes", Frame(kind: .settings, payload: [0, 1, 0, 0, 0]), is: .connection(.frameSizeError)),
        Rule(
            "SETTINGS ACK with a payload", Frame(kind: .settings, flags: 1, payload: [0, 1, 0, 0, 0, 0]),
            is: .connection(.frameSizeError)),
        Rule("PING of 7 bytes", .ping(count: 7), is: .connection(.frameSizeError)),
        Rule(
            "GOAWAY of 7 bytes", Frame(kind: .goAway, payload: Array(repeating: 0, count: 7)),
            is: .connection(.frameSizeError)),
        Rule(
            "WINDOW_UPDATE of 3 bytes", Frame(kind: .windowUpdate, payload: [0, 0, 1]), is: .connection(.frameSizeError)
        ),
        Rule(
            "HEADERS too short for its priority",
            Frame(kind: .headers, flags: Frame.endHeaders | Frame.priority, stream: 1, payload: [0, 0, 0, 0]),
            is: .connection(.frameSizeError)),
        Rule(
            "padded DATA without a length", before: [.headers(1, postBlock, ends: false)],
            Frame(kind: .data, flags: Frame.padded, stream: 1), is: .connection(.frameSizeError)),
    ]

    static let connection: [Rule] = [
        Rule("SETTINGS on a stream", Frame(kind: .settings, stream: 1), is: .connection(.protocolError)),
        Rule("SETTINGS_ENABLE_PUSH of 2", .settings((2, 2)), is: .connection(.protocolError)),
        Rule(
            "SETTINGS_INITIAL_WINDOW_SIZE of 2^31", .settings((4, 0x8000_0000)), is: .connection(.flowControlError)),
        Rule("SETTINGS_MAX_FRAME_SIZE of 16383", .settings((5, 16_383)), is: .connection(.protocolError)),
        Rule("SETTINGS_MAX_FRAME_SIZE of 2^24", .settings((5, 0x100_0000)), is: .connection(.protocolError)),
        Rule("SETTINGS_ENABLE_CONNECT_PROTOCOL of 2", .settings((8, 2)), is: .connection(.protocolError)),
        Rule(
            "SETTINGS_ENABLE_CONNECT_PROTOCOL taken back", before: [.settings((8, 1))], .settings((8, 0)),
            is: .connection(.protocolError)),
        Rule("an unknown setting", .settings((0xFF00, 0xFFFF_FFFF)), is: .nothing),
        Rule(
            "windows above 2^31-1 by SETTINGS", before: [.headers(1, ends: true), .windowUpdate(1, 0x7FFF_0000)],
            .settings((4, 0x7FFF_FFFF)), is: .connection(.flowControlError)),
        Rule("PING on a stream", .ping(stream: 1), is: .connection(.protocolError)),
        Rule(
            "GOAWAY on a stream", Frame(kind: .goAway, stream: 1, payload: Array(repeating: 0, count: 8)),
            is: .connection(.protocolError)),
        Rule(
            "GOAWAY with data for people", Frame(kind: .goAway, payload: Array(repeating: 0, count: 12)), is: .nothing),
        Rule("an index of 0", .headers(1, [0x80]), is: .connection(.compressionError)),
        Rule("an index beyond the tables", .headers(1, [0xBE]), is: .connection(.compressionError)),
        Rule("a block that ends inside a field", .headers(1, [0x00, 0x05, 0x61]), is: .connection(.compressionError)),
        Rule(
            "a Huffman string with EOS", .headers(1, [0x00, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x61]),
            is: .connection(.compressionError)),
        Rule(
            "a table size update above the setting", .headers(1, [0x3F, 0xE2, 0x1F]), is: .connection(.compressionError)
        ),
        Rule("a table size update behind a field", .headers(1, [0x82, 0x20]), is: .connection(.compressionError)),
        Rule(
            "a broken block of trailers", before: [.headers(1, postBlock, ends: false)], .headers(1, [0x80]),
            is: .connection(.compressionError)),
    ]

    private static let open = [Frame.headers(1, postBlock, ends: false)]
    private static let half = [Frame.headers(1)]
    private static let unfinished = Frame.headers(1, postBlock, ends: false, flags: 0)

    static let streams: [Rule] = [
        Rule("DATA after END_STREAM", before: half, .data(1, 1), is: .stream(1, .streamClosed)),
        Rule("HEADERS after END_STREAM", before: half, .headers(1), is: .stream(1, .streamClosed)),
        Rule("WINDOW_UPDATE after END_STREAM", before: half, .windowUpdate(1, 1), is: .nothing),
        Rule(
            "PRIORITY after END_STREAM", before: half, Frame(kind: .priority, stream: 1, payload: [0, 0, 0, 0, 0]),
            is: .nothing),
        Rule(
            "DATA on a stream that both have ended", before: half,
            ours: { endpoint in
                endpoint.respond(0)
                endpoint.state.release(0)
            }, .data(1, 1), is: .connection(.streamClosed)),
        Rule(
            "HEADERS on a stream that both have ended", before: half,
            ours: { endpoint in
                endpoint.respond(0)
                endpoint.state.release(0)
            }, .headers(1), is: .connection(.streamClosed)),
        Rule(
            "WINDOW_UPDATE on a stream that both have ended", before: half,
            ours: { endpoint in
                endpoint.respond(0)
                endpoint.state.release(0)
            }, .windowUpdate(1, 1), is: .nothing),
        Rule("DATA after RST_STREAM", before: open + [.reset(1)], .data(1, 1), is: .stream(1, .streamClosed)),
        Rule("HEADERS after RST_STREAM", before: open + [.reset(1)], .headers(1), is: .stream(1, .streamClosed)),
        Rule("RST_STREAM after RST_STREAM", before: open + [.reset(1)], .reset(1), is: .nothing),
        Rule(
            "DATA that crosses our RST_STREAM", before: open, ours: { $0.state.release(0, .noError) }, .data(1, 1),
            is: .nothing),
        Rule(
            "HEADERS that cross our RST_STREAM", before: open, ours: { $0.state.release(0, .noError) }, .headers(1),
            is: .nothing),
        Rule("WINDOW_UPDATE of 0 for a stream", before: open, .windowUpdate(1, 0), is: .stream(1, .protocolError)),
        Rule(
            "WINDOW_UPDATE above 2^31-1 for a stream", before: open, .windowUpdate(1, 0x7FFF_FFFF),
            is: .stream(1, .flowControlError)),
        Rule(
            "padding as long as the DATA", before: open,
            Frame(kind: .data, flags: Frame.padded, stream: 1, payload: [2, 0]), is: .connection(.protocolError)),
        Rule(
            "padding as long as the HEADERS",
            Frame(kind: .headers, flags: Frame.padded | Frame.endHeaders, stream: 1, payload: [2, 0]),
            is: .connection(.protocolError)),
        Rule("another frame inside a header block", before: [unfinished], .ping(), is: .connection(.protocolError)),
        Rule(
            "an unknown frame inside a header block", before: [unfinished], Frame(kind: .unknown),
            is: .connection(.protocolError)),
        Rule(
            "DATA of the same stream inside a header block", before: [unfinished], .data(1, 1),
            is: .connection(.protocolError)),
        Rule(
            "CONTINUATION of another stream", before: [unfinished], Frame(kind: .continuation, flags: 4, stream: 3),
            is: .connection(.protocolError)),
        Rule(
            "more streams than allowed", before: (0..<128).map { .headers(UInt32($0) * 2 + 1) }, .headers(257),
            is: .stream(257, .refusedStream)),
    ]

    static let client: [Rule] = [
        Rule(
            "HEADERS on a stream nobody opened", role: .client, .headers(1, block([(":status", "200")])),
            is: .connection(.protocolError)),
        Rule(
            "HEADERS on a pushed stream", role: .client, .headers(2, block([(":status", "200")])),
            is: .connection(.protocolError)),
        Rule(
            "PUSH_PROMISE although switched off", role: .client, ours: { _ = $0.request() },
            Frame(kind: .pushPromise, flags: 4, stream: 1, payload: word(2)), is: .connection(.protocolError)),
        Rule(
            "SETTINGS_ENABLE_PUSH of 1 from a server", role: .client, .settings((2, 1)), is: .connection(.protocolError)
        ),
        Rule(
            "DATA before the response head", role: .client, ours: { _ = $0.request() }, .data(1, 1),
            is: .stream(1, .protocolError)),
        Rule("DATA on a stream nobody opened", role: .client, .data(1, 1), is: .connection(.protocolError)),
        Rule(
            "a response without :status", role: .client, ours: { _ = $0.request() }, .headers(1, block([("a", "b")])),
            is: .stream(1, .protocolError)),
        Rule(
            "a response with a request's fields", role: .client, ours: { _ = $0.request() },
            .headers(1, block([(":status", "200"), (":path", "/")])), is: .stream(1, .protocolError)),
        Rule(
            "a status of two digits", role: .client, ours: { _ = $0.request() },
            .headers(1, block([(":status", "20")])),
            is: .stream(1, .protocolError)),
        Rule(
            "101, which HTTP/2 does not have", role: .client, ours: { _ = $0.request() },
            .headers(1, block([(":status", "101")]), ends: false), is: .stream(1, .protocolError)),
        Rule(
            "an interim response with END_STREAM", role: .client, ours: { _ = $0.request() },
            .headers(1, block([(":status", "103")])), is: .stream(1, .protocolError)),
        Rule(
            "trailers without END_STREAM", role: .client, ours: { _ = $0.request() },
            .headers(1, block([(":status", "200")]), ends: false), .headers(1, block([("a", "b")]), ends: false),
            is: .stream(1, .protocolError)),
        Rule(
            "less than Content-Length", role: .client, ours: { _ = $0.request() },
            .headers(1, block([(":status", "200"), ("content-length", "2")]), ends: false), .data(1, 1, ends: true),
            is: .stream(1, .protocolError)),
        Rule(
            "a body for HEAD", role: .client, ours: { _ = $0.request("HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n") },
            .headers(1, block([(":status", "200"), ("content-length", "2")]), ends: false), .data(1, 2, ends: true),
            is: .stream(1, .protocolError)),
        Rule(
            "connection-specific fields in a response", role: .client, ours: { _ = $0.request() },
            .headers(1, block([(":status", "200"), ("connection", "close")])), is: .stream(1, .protocolError)),
    ]

    @Test(arguments: idle + sizes + connection + streams + client)
    func `the peer is told what it did wrong`(rule: Rule) {
        let endpoint = Endpoint.ready(rule.role)
        endpoint.receive(rule.before)
        #expect(endpoint.takeEvents().allSatisfy { if case .connectionFailed = $0.event { false } else { true } })
        rule.ours(endpoint)
        _ = endpoint.takeOutput()
        endpoint.receive(rule.wrong)
        let goAways =
            endpoint.state.output.isEmpty
            ? [] : Frame.all(in: Array(endpoint.state.output.bytes)).filter { $0.kind == .goAway }
        let resets = Frame.all(in: endpoint.takeBytes()).filter { $0.kind == .resetStream }
        switch rule.answer {
        case .connection(let code):
            #expect(goAways.count == 1 && number(goAways[0].payload[4..<8]) == code.rawValue, "\(goAways)")
            #expect(endpoint.events.last?.event == .connectionFailed(code))
        case .stream(let stream, let code):
            #expect(goAways == [])
            #expect(resets == [.reset(stream, code)])
        case .nothing:
            #expect(goAways == [] && resets == [])
        }
        guard case .connection = rule.answer else {
            // Alive: answers a PING.
            endpoint.receive(.ping())
            #expect(endpoint.takeOutput() == [.ping(Frame.ack)])
            return
        }
        // Deaf: looks at nothing any more.
        endpoint.receive(.ping())
        #expect(endpoint.takeOutput() == [])
    }

    @Test func `the first frame must be SETTINGS`() {
        let endpoint = Endpoint(.server)
        endpoint.receive(Array(ConnectionPreface.bytes) + Frame.ping().bytes)
        #expect(endpoint.events.last?.event == .connectionFailed(.protocolError))
        let client = Endpoint(.client)
        client.receive(.windowUpdate(0, 1))
        #expect(client.events.last?.event == .connectionFailed(.protocolError))
    }

    @Test func `an acknowledgement is not the first SETTINGS`() {
        let endpoint = Endpoint(.server)
        endpoint.receive(Array(ConnectionPreface.bytes) + Frame(kind: .settings, flags: 1).bytes)
        #expect(endpoint.events.last?.event == .connectionFailed(.protocolError))
    }

    @Test func `a wrong preface ends the connection at its first wrong byte`() {
        let endpoint = Endpoint(.server)
        endpoint.receive(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\rX".utf8))
        #expect(endpoint.events.last?.event == .connectionFailed(.protocolError))
    }
}
