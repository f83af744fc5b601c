import HTTPSemantics
import Testing

@Suite struct GRPCFieldTests {
    @Test(
        arguments: [
            ("1H", 3_600_000_000_000), ("2M", 120_000_000_000), ("3S", 3_000_000_000), ("100m", 100_000_000),
            ("7u", 7000), ("9n", 9), ("0S", 0), ("00000001S", 1_000_000_000),
            ("99999999H", 10 * 365 * 86400 * 1_000_000_000), ("99999999S", 99_999_999_000_000_000),
        ] as [(String, UInt64)])
    func `a timeout is a number and a unit`(_ text: String, _ expected: UInt64) {
        #expect(withBytes(text) { GRPCTimeout.nanoseconds($0) } == expected)
    }

    @Test(arguments: ["", "S", "1", "1s", "-1S", "1.5S", "123456789S", " 1S", "1 S", "0x1S", "1SS"])
    func `anything else is no timeout`(_ text: String) {
        #expect(withBytes(text) { GRPCTimeout.nanoseconds($0) } == nil)
    }

    @Test(
        arguments: [
            (400, 13), (401, 16), (403, 7), (404, 12), (413, 8), (429, 14), (431, 8), (500, 14), (502, 14), (503, 14),
            (504, 4), (302, 2), (418, 2),
        ] as [(UInt16, UInt8)])
    func `HTTP statuses have codes`(_ status: UInt16, _ code: UInt8) {
        #expect(GRPCStatus(httpStatus: status).code == code)
    }

    @Test func `a status field is one or two digits`() {
        func code(_ text: String) -> UInt8? { withBytes(text) { GRPCStatus(fieldValue: $0)?.code } }
        #expect(code("0") == 0)
        #expect(code("16") == 16)
        #expect(code("99") == 99)
        for text in ["", "100", "-1", "a", "1a", " 1"] { #expect(code(text) == nil) }
    }
}

@Suite struct Base64Tests {
    private func encoded(_ bytes: [UInt8]) -> String {
        withTarget(Base64.encodedCount(bytes.count)) { target in
            let count = bytes.withUnsafeBytes { Base64.encode($0, to: target) }
            return String(decoding: UnsafeRawBufferPointer(start: target, count: count), as: UTF8.self)
        }
    }

    private func withTarget<Result>(_ count: Int, _ body: (UnsafeMutableRawPointer) -> Result) -> Result {
        let target = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 1)
        defer { target.deallocate() }
        return body(target)
    }

    /// Decodes in place, in pieces of the given lengths.
    private func decoded(_ text: String, pieces: [Int]) -> [UInt8]? {
        var decoder = Base64Decoder()
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        var lengths = pieces[...]
        while !rest.isEmpty {
            let length = min(lengths.popFirst() ?? rest.count, rest.count)
            let piece = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
            let bytes: [UInt8]? = withTarget(Base64Decoder.overlap + length) { target in
                let text = target + Base64Decoder.overlap
                piece.withUnsafeBytes {
                    text.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(text), byteCount: length)
                }
                let count = decoder.decode(UnsafeRawBufferPointer(start: text, count: length), to: target)
                return count.map { Array(UnsafeRawBufferPointer(start: target, count: $0)) }
            }
            guard let bytes else { return nil }
            result += bytes
        }
        return withTarget(2) { target in
            decoder.finish(to: target).map { result + UnsafeRawBufferPointer(start: target, count: $0) }
        }
    }

    @Test(
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func `the vectors of RFC 4648 hold`(_ plain: String, _ text: String) {
        #expect(encoded(Array(plain.utf8)) == text)
        #expect(decoded(text, pieces: []) == Array(plain.utf8))
    }

    @Test func `what is encoded is decoded again, however it is cut`() {
        var random = SeededGenerator(seed: 1)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = encoded(bytes)
            let pieces = (0..<20).map { _ in Int.random(in: 1...9, using: &random) }
            #expect(decoded(text, pieces: pieces) == bytes)
        }
    }

    @Test func `texts may follow each other, and the last padding may be missing`() {
        #expect(decoded("Zg==Zm8=Zm9v", pieces: [1, 1, 1, 1, 1, 1, 1]) == Array("ffofoo".utf8))
        #expect(decoded("Zg", pieces: [1]) == Array("f".utf8))
        #expect(decoded("Zm8", pieces: [2]) == Array("fo".utf8))
    }

    @Test(arguments: ["Z", "Zm9vZ", "=", "Z===", "Zg=v", "Zg=\n", "Zm9v=", "Zm9v\n", "Zm-_", "Zg==="])
    func `malformed text is refused`(_ text: String) {
        #expect(decoded(text, pieces: []) == nil)
        #expect(decoded(text, pieces: [1, 1, 1, 1, 1]) == nil)
    }

    @Test func `every byte that is no character of base64 is refused`() {
        let characters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=".utf8)
        for byte in UInt8.min...UInt8.max where !characters.contains(byte) {
            var decoder = Base64Decoder()
            let count = withTarget(4) { target in [byte].withUnsafeBytes { decoder.decode($0, to: target) } }
            #expect(count == nil)
        }
    }
}
