import HTTP1
import HTTPSemantics
import Testing

@Suite struct ChunkedDecoderTests {
    private func decode(_ text: String, limits: HeadLimits = HeadLimits()) throws -> DecodedBody {
        try decodeChunked(latin1(text), cutAt: [], limits: limits)
    }

    /// Why the body in `text` is refused; nil when it is not.
    private func refusal(_ text: String, limits: HeadLimits = HeadLimits()) throws -> HeadError? {
        if case .invalid(let error) = try decode(text, limits: limits).state { error } else { nil }
    }

    private static let bodies = [
        "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\nnext", "5\r\nhello\r\n6\r\n world\r\n1\r\n!\r\n0\r\n\r\n",
        "00A\r\n0123456789\r\n000\r\nX: y\r\nGrpc-Status: 0\r\n\r\nnext",
        "3;a\r\nabc\r\n2 ; b = \"c\\\"d\" ;e=f\r\nde\r\n0;last\r\nA:\r\n\r\n", "1\r\n\r\r\n1\r\n\n\r\n0\r\n\r\n",
    ]

    @Test func `the data of all chunks stands together`() throws {
        let decoded = try decode("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET /")
        #expect(decoded.body == latin1("hello world"))
        #expect(decoded.state == .complete)
        #expect(decoded.consumed == 26)
    }

    @Test func `a single chunk is not moved`() {
        let storage = FieldStorage()
        var decoder = ChunkedDecoder()
        let result = withExactCopy(latin1("a\r\n0123456789\r\n")) {
            decoder.decode($0, trailers: storage, limits: HeadLimits())
        }
        #expect(result.bodyOffset == 3)
        #expect(result.bodyLength == 10)
        #expect(result.consumed == 15)
        #expect(result.state == .needMore)
        #expect(!decoder.isComplete)
    }

    @Test(arguments: bodies)
    func `a body cut in two or three anywhere decodes to the same`(text: String) throws {
        let bytes = latin1(text)
        let whole = try decodeChunked(bytes, cutAt: [])
        #expect(whole.state == .complete)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                #expect(try decodeChunked(bytes, cutAt: [first, second]) == whole, "cut at \(first) and \(second)")
            }
        }
    }

    @Test(arguments: bodies)
    func `a body that comes byte by byte decodes to the same`(text: String) throws {
        let bytes = latin1(text)
        #expect(try decodeChunked(bytes, cutAt: Array(0...bytes.count)) == decodeChunked(bytes, cutAt: []))
    }

    @Test(arguments: bodies)
    func `no strict prefix of a body is complete`(text: String) throws {
        let end = try decode(text).consumed
        for length in 0..<end {
            #expect(try decodeChunked(Array(latin1(text).prefix(length)), cutAt: []).state == .needMore)
        }
    }

    @Test(
        arguments: [
            ("\r\n", HeadError.invalidChunkSize), ("g\r\n", .invalidChunkSize), ("-1\r\n", .invalidChunkSize),
            ("+1\r\n", .invalidChunkSize), (" 1\r\n", .invalidChunkSize), ("0x1\r\n", .invalidChunkSize),
            ("1 \r\n", .invalidChunkExtension), ("1\n", .bareLineFeed), ("1\r\r\n", .bareCarriageReturn),
            ("1\ra", .bareCarriageReturn), ("1_0\r\n", .invalidChunkSize), ("1.5\r\n", .invalidChunkSize),
            (";a\r\n", .invalidChunkSize), ("\u{0}1\r\n", .invalidChunkSize),
            ("8000000000000000\r\n", .invalidChunkSize),
            ("ffffffffffffffff\r\n", .invalidChunkSize), ("10000000000000000\r\n", .invalidChunkSize),
            ("00000000000000001\r\n", .invalidChunkSize),
        ])
    func `a malformed chunk size is refused`(line: String, error: HeadError) throws {
        #expect(try refusal(line + "a\r\n0\r\n\r\n") == error)
    }

    @Test func `the largest chunk size is accepted`() throws {
        let decoded = try decode("7fffFFFFffffFFFF\r\nabc")
        #expect(decoded.state == .needMore)
        #expect(decoded.body == latin1("abc"))
        #expect(try decode("0000000000000003\r\nabc\r\n0\r\n\r\n").state == .complete)
    }

    @Test(
        arguments: [
            ("1\r\nab\r\n", HeadError.invalidChunkEnd), ("1\r\na\n0\r\n", .bareLineFeed),
            ("1\r\na\r0", .bareCarriageReturn),
            ("1\r\na0\r\n", .invalidChunkEnd), ("1\r\na\r\n\r\n", .invalidChunkSize),
            ("2\r\na\r\n0\r\n", .bareLineFeed),
        ])
    func `data that does not end where its size says is refused`(body: String, error: HeadError) throws {
        #expect(try refusal(body + "\r\n\r\n") == error)
    }

    @Test(arguments: [
        ";a", ";a=b", "; a", ";a;b", " ;a", "\t;\ta\t=\tb\t;c", ";a=\"\"", ";a=\"b;\\\\\\\"c\"", ";a=\"\u{FF}\t\"",
        ";a ;b",
    ])
    func `chunk extensions are checked and ignored`(chunkExtension: String) throws {
        let decoded = try decode("1\(chunkExtension)\r\na\r\n0\(chunkExtension)\r\n\r\n")
        #expect(decoded.state == .complete)
        #expect(decoded.body == latin1("a"))
    }

    @Test(
        arguments: [
            ";", "; ", ";;a", ";a=", ";a=;b", ";=b", ";a b", ";a=b c", ";a=\"b", ";a=\"b\"c", ";a@", ";a=\"\u{0}\"",
            ";a=\"\\", ";a=\u{E9}", ";\u{E9}", ";a\u{7F}", ";a=\"\r", ";a=\"\n", " ", "\t", " a", ";a ",
        ])
    func `malformed chunk extensions are refused`(chunkExtension: String) throws {
        let error = try refusal("1\(chunkExtension)\r\na\r\n0\r\n\r\n")
        #expect(error == .invalidChunkExtension)
    }

    @Test func `a line feed alone does not end a chunk line with extensions`() throws {
        #expect(try refusal("1;a\na\r\n") == .bareLineFeed)
        #expect(try refusal("1;a=\"b\"\na\r\n") == .bareLineFeed)
        #expect(try refusal("1;a=b\r\ra\r\n") == .bareCarriageReturn)
    }

    @Test func `extensions of 4096 bytes in all are accepted and one more is refused`() throws {
        // The count leaves out the semicolon behind the size and includes the CR.
        let half = ";" + String(repeating: "e", count: 2047)
        #expect(try decode("1\(half)\r\na\r\n1\(half)\r\nb\r\n0\r\n\r\n").state == .complete)
        #expect(try refusal("1\(half)\r\na\r\n1\(half)\r\nb\r\n0;x\r\n\r\n") == .chunkExtensionsTooLarge)
        #expect(try refusal("1;" + String(repeating: "e", count: 4097)) == .chunkExtensionsTooLarge)
    }

    @Test func `a refused body stays refused, and a complete one complete`() {
        let storage = FieldStorage()
        for (text, state) in [("x", ChunkedResult.State.invalid(.invalidChunkSize)), ("0\r\n\r\n", .complete)] {
            var decoder = ChunkedDecoder()
            for input in [text, "1\r\na\r\n"] {
                let result = withExactCopy(latin1(input)) {
                    decoder.decode($0, trailers: storage, limits: HeadLimits())
                }
                #expect(result.state == state)
            }
        }
    }
}

@Suite struct TrailerTests {
    private func decode(_ trailers: String, limits: HeadLimits = HeadLimits()) throws -> DecodedBody {
        try decodeChunked(latin1("1\r\na\r\n0\r\n" + trailers), cutAt: [], limits: limits)
    }

    @Test func `trailer fields are read like header fields`() throws {
        let decoded = try decode("Grpc-Status: 0\r\ngrpc-message:\r\nX-Checksum: \t abc \r\n\r\nGET")
        #expect(decoded.state == .complete)
        #expect(decoded.trailers == ["Grpc-Status: 0", "grpc-message: ", "X-Checksum: abc"])
    }

    @Test(
        arguments: [
            "Transfer-Encoding", "Content-Length", "Host", "Content-Encoding", "Content-Type", "Content-Range",
            "Trailer",
            "Cache-Control", "Expect", "Max-Forwards", "Pragma", "Range", "TE", "If-Match", "if-none-match",
            "Authorization", "Proxy-Authorization", "Proxy-Authenticate", "WWW-Authenticate", "Cookie", "Set-Cookie",
            "Age", "Expires", "Date", "Location", "Retry-After", "Vary", "Warning", "Connection", "Upgrade",
            "X-Forwarded-For", "X-Forwarded-Port", "Forwarded", "Via",
        ])
    func `a field that has no place in trailers is marked to be dropped`(name: String) throws {
        #expect(try decode("\(name): x\r\n\r\n").trailers == ["!\(name): x"])
    }

    @Test(arguments: [
        "Content-Digest", "Repr-Digest", "ETag", "Server-Timing", "Proxy-Status", "If", "Aged", "Proxy", "Ranges",
    ])
    func `other fields are forwarded`(name: String) throws {
        #expect(try decode("\(name): x\r\n\r\n").trailers == ["\(name): x"])
    }

    @Test(
        arguments: [
            ("A: b\nC: d\r\n\r\n", HeadError.bareLineFeed), ("\n", .bareLineFeed), ("\rX", .bareCarriageReturn),
            (" A: b\r\n\r\n", .leadingWhitespace), ("A : b\r\n\r\n", .whitespaceBeforeColon),
            ("A: b\r\n c\r\n\r\n", .leadingWhitespace), ("A: \u{0}\r\n\r\n", .controlByte),
            ("GET / HTTP/1.1\r\n\r\n", .whitespaceBeforeColon), (": b\r\n\r\n", .invalidFieldName),
        ])
    func `a malformed trailer section is refused`(trailers: String, error: HeadError) throws {
        #expect(try decode(trailers).state == .invalid(error))
    }

    @Test func `an unfinished trailer section is left to the caller`() {
        let storage = FieldStorage()
        var decoder = ChunkedDecoder()
        let result = withExactCopy(latin1("1\r\na\r\n0\r\nA: b\r\nC: ")) {
            decoder.decode($0, trailers: storage, limits: HeadLimits())
        }
        #expect(result.state == .needMore)
        #expect(result.bodyLength == 1)
        #expect(result.consumed == 9)
    }

    @Test func `a trailer section of the limit passes and one byte more is refused`() throws {
        let limits = HeadLimits(headerSectionBytes: 30, fieldCount: 2)
        let value = String(repeating: "v", count: 30 - 7)
        #expect(try decode("A: \(value)\r\n\r\n", limits: limits).state == .complete)
        #expect(try decode("A: \(value)v\r\n\r\n", limits: limits).state == .invalid(.fieldsTooLarge))
        #expect(try decode("A:\r\nB:\r\n\r\n", limits: limits).state == .complete)
        #expect(try decode("A:\r\nB:\r\nC:\r\n\r\n", limits: limits).state == .invalid(.tooManyFields))
        let endless = latin1("0\r\nA: ") + [UInt8](repeating: 0x61, count: 100)
        #expect(
            try decodeChunked(endless, cutAt: Array(0...endless.count), limits: limits).state
                == .invalid(.fieldsTooLarge))
    }
}
