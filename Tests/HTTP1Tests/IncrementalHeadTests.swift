import HTTP1
import HTTPSemantics
import Testing

@Suite struct IncrementalHeadTests {
    private static let requests = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /api/items?id=3 HTTP/1.1\r\nHost: shop.example.com:8080\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n",
        "\r\n\r\nPOST http://example.com/upload?x HTTP/1.1\r\nHost: other\r\nTransfer-Encoding: chunked\r\n"
            + "Connection: close, X-A\r\nX-A: \u{E9}\tb\r\n\r\n",
        "OPTIONS * HTTP/1.0\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nContent-Length: 5\r\n\r\n",
    ]

    @Test(arguments: requests)
    func `a head cut in two anywhere is the same head`(text: String) throws {
        let bytes = latin1(text)
        let whole = parseRequest(bytes)
        guard case .complete = whole else {
            Issue.record("\(whole)")
            return
        }
        let storage = FieldStorage()
        for split in 0..<bytes.count {
            var scanned = 0
            let first = parse(bytes[..<split], &scanned, storage)
            #expect(first == .incomplete, "\(split) bytes")
            #expect(scanned == split)
            #expect(parse(bytes + latin1("next"), &scanned, storage) == whole, "split at \(split)")
            #expect(scanned == 0)
        }
    }

    @Test(arguments: requests)
    func `a head that comes byte by byte is the same head`(text: String) {
        let bytes = latin1(text)
        let whole = parseRequest(bytes)
        let storage = FieldStorage()
        var scanned = 0
        for count in 1..<bytes.count {
            #expect(parse(bytes[..<count], &scanned, storage) == .incomplete, "\(count) bytes")
        }
        #expect(parse(bytes[...], &scanned, storage) == whole)
    }

    @Test(
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\n", "HTTP/1.0 404\r\n\r\n",
            "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        ])
    func `a response head cut in two anywhere is the same head`(text: String) {
        let bytes = latin1(text)
        let whole = parseResponse(text)
        let storage = FieldStorage()
        for split in 0..<bytes.count {
            var scanned = 0
            for (count, expected) in [(split, .incomplete), (bytes.count, whole)] {
                let result = withExactCopy(bytes[..<count]) {
                    parseResponseHead(
                        UnsafeRawBufferPointer($0), requestMethod: .get, scannedUpTo: &scanned, fields: storage,
                        limits: HeadLimits())
                }
                #expect(result == expected, "split at \(split)")
            }
        }
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a\r\nX: y", "\n"), ("GET / HTTP/1.1\r\nHost: a\r\nX: y\r", "z"),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: ", "\u{0}"), ("GET / HTTP/1.1\r\nHost: a\r", "\r"),
        ])
    func `a byte that nothing can repair is refused when it comes`(before: String, byte: String) {
        let storage = FieldStorage()
        var scanned = 0
        #expect(parse(latin1(before)[...], &scanned, storage) == .incomplete)
        guard case .invalid = parse(latin1(before + byte)[...], &scanned, storage) else {
            Issue.record("still waits for the end of the head")
            return
        }
    }

    private func parse(
        _ bytes: some Collection<UInt8>, _ scanned: inout Int, _ storage: borrowing FieldStorage
    ) -> RequestHeadParse {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        return parseRequestHead(
            UnsafeRawBufferPointer(copy), scannedUpTo: &scanned, fields: storage, limits: HeadLimits())
    }
}
