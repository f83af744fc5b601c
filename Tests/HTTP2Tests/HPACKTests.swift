import HTTP2
import Testing

@Suite struct HPACKTests {
    private static let samples: [[(String, String)]] = [
        [(":status", "200"), ("content-type", "text/plain"), ("date", "Mon, 23 Nov 2026 12:00:00 GMT")],
        [(":status", "418"), ("x-empty", ""), ("x-long", String(repeating: "abc123", count: 700))],
        [(":method", "GET"), (":path", "/a?b=c"), ("authorization", "Bearer t0ken"), ("cookie", "a=b")],
        [("x-bytes", String(decoding: (0...127).map { UInt8($0) }, as: UTF8.self)), ("\u{e4}\u{f6}", "\u{20ac}")],
    ]

    @Test func `what is encoded decodes to the same`() throws {
        var encoder = HeaderEncoder()
        var decoder = HeaderDecoder()
        for round in 0..<60 {
            let fields = Self.samples[round % Self.samples.count] + [("x-round", "\(round % 7)")]
            let decoded = try decodeBlock(encodeBlock(fields, &encoder), &decoder)
            #expect(decoded == fields.map { "\($0): \($1)" })
        }
    }

    @Test func `a field gets into the table the second time and is one byte the third`() {
        var encoder = HeaderEncoder()
        let sizes = (0..<3).map { _ in encodeBlock([("x-name", "value")], &encoder).count }
        #expect(sizes[0] > 2 && sizes[1] > 2 && sizes[2] == 1)
    }

    @Test(arguments: ["authorization", "cookie", "set-cookie", "proxy-authorization"])
    func `a sensitive field never gets into a table`(name: String) {
        var encoder = HeaderEncoder()
        for _ in 0..<5 {
            let encoded = encodeBlock([(name, "secret")], &encoder)
            #expect(encoded[0] & 0xF0 == 0x10)
            #expect(encoded.count > 4)
        }
    }

    @Test func `a table that the peer makes smaller is announced`() throws {
        var encoder = HeaderEncoder()
        var decoder = HeaderDecoder(tableSize: 100)
        encoder.setTableLimit(0)
        encoder.setTableLimit(100)
        let first = encodeBlock([(":method", "GET")], &encoder)
        #expect(first == [0x20, 0x3F, 69, 0x82])
        for _ in 0..<10 {
            let fields = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]
            #expect(try decodeBlock(encodeBlock(fields, &encoder), &decoder) == ["a: 1", "b: 2", "c: 3", "d: 4"])
            #expect(decoder.tableSize <= 100)
        }
    }

    @Test func `an entry larger than the table empties it`() throws {
        var decoder = HeaderDecoder(tableSize: 64)
        #expect(try decodeBlock([0x40] + string("a") + string("b"), &decoder) == ["a: b"])
        #expect(decoder.tableSize == 34)
        _ = try decodeBlock([0x40] + string("c") + string(String(repeating: "d", count: 40)), &decoder)
        #expect(decoder.tableSize == 0)
        #expect(throws: HPACKError.invalidIndex) { try decodeBlock([0xBE], &decoder) }
    }

    @Test func `the name of an entry may be used for one that pushes it out`() throws {
        var decoder = HeaderDecoder(tableSize: 80)
        _ = try decodeBlock([0x40] + string("name") + string("one"), &decoder)
        #expect(
            try decodeBlock([0x7E] + string(String(repeating: "v", count: 40)), &decoder)
                == ["name: " + String(repeating: "v", count: 40)])
        #expect(decoder.tableSize == 76)
    }

    @Test(arguments: [
        ("integer without end", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00], HPACKError.integerTooLarge),
        ("integer with zeros without end", [0xFF, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], .integerTooLarge),
        ("integer that breaks off", [0xFF, 0x80], .truncated),
        ("string longer than the block", [0x00, 0x02, 0x61], .truncated),
        ("no value", [0x00, 0x01, 0x61], .truncated),
        ("padding of eight bits", [0x00, 0x82, 0x1F, 0xFF, 0x00], .invalidHuffmanCode),
        ("padding with zeros", [0x00, 0x81, 0x18, 0x00], .invalidHuffmanCode),
        ("index 0 with a mark", [0x80], .invalidIndex),
        ("name behind the table", [0x7F, 0x00], .invalidIndex),
    ])
    func `a broken block is an error`(name: String, block: [UInt8], error: HPACKError) {
        var decoder = HeaderDecoder()
        #expect(throws: error) { try decodeBlock(block, &decoder) }
    }

    @Test func `every symbol survives Huffman coding`() throws {
        // Repeated, so that the coded form is what is sent where it is shorter.
        for byte in 0...255 as ClosedRange<UInt8> {
            var encoder = HeaderEncoder()
            var decoder = HeaderDecoder()
            let size = 64
            let buffer = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
            defer { buffer.deallocate() }
            let value = Array(repeating: UInt8(ascii: "a"), count: size) + [byte, byte]
            var end = encoder.begin(at: buffer)
            end = value.withUnsafeBytes { value in
                Array("x".utf8).withUnsafeBytes { encoder.encode(name: $0, value: value, at: end) }
            }
            let copy = Array(UnsafeRawBufferPointer(start: buffer, count: end - buffer))
            copy.withUnsafeBytes { decoder.begin($0) }
            let decoded: [UInt8]? = try copy.withUnsafeBytes { block in
                decoder.begin(block)
                return try decoder.next(into: buffer, at: 0).map { field in
                    Array(UnsafeRawBufferPointer(start: buffer + field.value, count: field.valueLength))
                }
            }
            #expect(decoded == value)
        }
    }
}
