import TLS
import Testing

@Suite struct ClientHelloTests {
    private static func vector(_ bytes: [UInt8], _ lengthBytes: Int) -> [UInt8] {
        (0..<lengthBytes).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * (lengthBytes - 1 - $0))) } + bytes
    }

    private static func serverName(_ name: [UInt8]) -> [UInt8] {
        [0, 0] + vector(vector([0] + vector(name, 2), 2), 2)
    }

    /// The handshake message; `extensions` nil for a hello without any.
    private static func message(_ extensions: [[UInt8]]?, padding: Int = 0) -> [UInt8] {
        var body: [UInt8] = [3, 3] + [UInt8](repeating: 9, count: 32) + vector([UInt8](repeating: 1, count: 32), 1)
        body += vector([0x13, 1, 0x13, 2], 2) + [1, 0]
        if let extensions {
            let filler = padding > 0 ? [0, 21] + vector([UInt8](repeating: 0, count: padding), 2) : []
            body += vector([0, 10, 0, 2, 0, 0] + filler + extensions.flatMap { $0 }, 2)
        }
        return [1] + vector(body, 3)
    }

    private static func records(_ message: [UInt8], of size: Int = 1 << 14) -> [UInt8] {
        stride(from: 0, to: message.count, by: size).flatMap { start in
            [22, 3, 1] + vector(Array(message[start..<min(start + size, message.count)]), 2)
        }
    }

    private static func hello(_ name: String) -> [UInt8] { records(message([serverName(Array(name.utf8))])) }

    private func parse(_ bytes: [UInt8]) -> ClientHello { bytes.withUnsafeBytes { ClientHello($0) } }

    @Test func `the server name is found, in lower case and without a trailing dot`() {
        #expect(parse(Self.hello("Shop.Example.COM")) == .complete(serverName: "shop.example.com"))
        #expect(parse(Self.hello("shop.example.com.")) == .complete(serverName: "shop.example.com"))
        #expect(parse(Self.hello("shop.example.com") + [22, 3, 3]) == .complete(serverName: "shop.example.com"))
    }

    @Test func `a client may send no name`() {
        #expect(parse(Self.records(Self.message([]))) == .complete(serverName: nil))
        #expect(parse(Self.records(Self.message(nil))) == .complete(serverName: nil))
    }

    @Test func `every beginning needs more`() {
        let bytes = Self.hello("shop.example.com")
        for count in 0..<bytes.count { #expect(parse(Array(bytes.prefix(count))) == .incomplete) }
    }

    @Test(arguments: [1, 2, 3, 5, 40, 100])
    func `the message may be split over records`(size: Int) {
        let bytes = Self.records(Self.message([Self.serverName(Array("a.test".utf8))]), of: size)
        #expect(parse(bytes) == .complete(serverName: "a.test"))
        for count in 0..<bytes.count { #expect(parse(Array(bytes.prefix(count))) == .incomplete) }
    }

    @Test func `a long message is taken, one beyond the limit is not`() {
        let name = Self.serverName(Array("a.test".utf8))
        #expect(parse(Self.records(Self.message([name], padding: 20_000))) == .complete(serverName: "a.test"))
        #expect(parse(Self.records(Self.message([name], padding: 33_000))) == .invalid)
        let slow = Self.records(Self.message([name], padding: 20_000), of: 1)
        #expect(parse(Array(slow.prefix(ClientHello.maximumBytes))) == .invalid)
    }

    @Test func `what is no TLS is known by its first bytes`() {
        #expect(parse([UInt8(ascii: "G")]) == .invalid)
        #expect(parse([22, 2]) == .invalid)
        #expect(parse([22, 3, 1, 0x40, 1]) == .invalid)
        #expect(parse([22, 3, 1, 0, 0]) == .invalid)
        #expect(parse([22, 3, 1, 0, 9, 2]) == .invalid)
        #expect(parse([0x80, 0x2e, 1, 3, 1]) == .invalid)
        #expect(parse([]) == .incomplete)
    }

    @Test func `malformed messages are refused`() {
        let name = Self.serverName(Array("a.test".utf8))
        #expect(parse(Self.records(Self.message([name, name]))) == .invalid)
        #expect(parse(Self.records(Self.message([[0, 0, 0, 0]]))) == .invalid)
        #expect(parse(Self.records(Self.message([Self.serverName([])]))) == .invalid)
        #expect(parse(Self.records(Self.message([Self.serverName([UInt8(ascii: ".")])]))) == .invalid)
        #expect(parse(Self.records(Self.message([Self.serverName(Array("a\u{0}b".utf8))]))) == .invalid)
        #expect(parse(Self.records(Self.message([Self.serverName(Array("ä.test".utf8))]))) == .invalid)
        #expect(parse(Self.records(Self.message([[0, 16, 0, 9, 1]]))) == .invalid)
        // Another record in between.
        let whole = Self.message([name])
        let halves = Self.records(Array(whole[..<50])) + [20, 3, 3, 0, 1, 1] + Self.records(Array(whole[50...]))
        #expect(parse(halves) == .invalid)
    }

    @Test func `no bytes lead to more than a name`() {
        var state: UInt64 = 7
        let good = Self.records(Self.message([Self.serverName(Array("a.test".utf8))]), of: 60)
        for _ in 0..<5000 {
            var bytes = good
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            _ = parse(bytes)
        }
    }
}
