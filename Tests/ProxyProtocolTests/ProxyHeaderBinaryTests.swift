import Testing

@testable import ProxyProtocol

@Suite struct ProxyHeaderBinaryTests {
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]
    private static let four: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 255, 0xDC, 0x04, 0x01, 0xBB]

    private func header(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
        Self.signature + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 255)] + rest
    }

    private func parse(_ bytes: [UInt8]) -> ProxyHeader.Parse { bytes.withUnsafeBytes { ProxyHeader.parse($0) } }

    private let addresses = ProxyHeader.Addresses(
        source: .init(high: 0, low: 0xffff_C000_0201, port: 56324),
        destination: .init(high: 0, low: 0xffff_C633_64FF, port: 443))

    @Test func `IPv4 and IPv6 give both addresses`() {
        let v4 = header(0x21, 0x11, Self.four)
        #expect(parse(v4 + [1, 2, 3]) == .complete(ProxyHeader(addresses: addresses), count: 28))
        let six: [UInt8] = [UInt8](repeating: 0, count: 15) + [1] + [0x20, 1] + [UInt8](repeating: 0, count: 13) + [9]
        let parsed = ProxyHeader.Addresses(
            source: .init(high: 0, low: 1, port: 1), destination: .init(high: 0x2001_0000_0000_0000, low: 9, port: 2))
        #expect(parse(header(0x21, 0x21, six + [0, 1, 0, 2])) == .complete(ProxyHeader(addresses: parsed), count: 52))
    }

    @Test(arguments: [(0x20, 0x00), (0x20, 0x11), (0x20, 0x77), (0x21, 0x00)] as [(UInt8, UInt8)])
    func `a local connection and one without a family have no addresses`(command: UInt8, family: UInt8) {
        let bytes = header(command, family, Self.four)
        #expect(parse(bytes) == .complete(ProxyHeader(addresses: nil), count: 28))
    }

    @Test func `every beginning of a header needs more`() {
        let bytes = header(0x21, 0x11, Self.four + [0x20, 0, 2, 1, 2])
        for count in 0..<bytes.count { #expect(parse(Array(bytes.prefix(count))) == .incomplete) }
    }

    @Test func `extensions are skipped, and must fill the header`() {
        let good = header(0x21, 0x11, Self.four + [0xEA, 0, 3, 1, 2, 3, 4, 0, 0])
        #expect(parse(good) == .complete(ProxyHeader(addresses: addresses), count: good.count))
        #expect(parse(header(0x21, 0x11, Self.four + [0xEA, 0, 4, 1, 2, 3])) == .invalid)
        #expect(parse(header(0x21, 0x11, Self.four + [0xEA])) == .invalid)
    }

    @Test func `a checksum must be right`() {
        var bytes = header(0x21, 0x11, Self.four + [0x03, 0, 4, 0, 0, 0, 0])
        let sum = bytes.withUnsafeBytes { ProxyHeader.checksum($0, without: 31..<35) }
        #expect(parse(bytes) == .invalid)
        for index in 0..<4 { bytes[31 + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(index))) }
        #expect(parse(bytes) == .complete(ProxyHeader(addresses: addresses), count: bytes.count))
        // The check value of CRC-32C.
        #expect(Array("123456789".utf8).withUnsafeBytes { ProxyHeader.checksum($0, without: 0..<0) } == 0xE306_9283)
    }

    @Test func `anything else is refused`() {
        for index in 0..<12 {
            var bytes = header(0x21, 0x11, Self.four)
            bytes[index] ^= 1
            #expect(parse(bytes) == .invalid)
        }
        #expect(parse(header(0x11, 0x11, Self.four)) == .invalid)
        #expect(parse(header(0x22, 0x11, Self.four)) == .invalid)
        #expect(parse(header(0x21, 0x12, Self.four)) == .invalid)
        #expect(parse(header(0x21, 0x11, Array(Self.four.dropLast()))) == .invalid)
        #expect(parse(header(0x21, 0x21, Self.four)) == .invalid)
        #expect(parse(header(0x21, 0x11, Self.four + [UInt8](repeating: 0, count: 4100))) == .invalid)
    }

    @Test func `what is written is read back`() {
        let six = ProxyHeader.Addresses(source: .init(high: 7, low: 8, port: 9), destination: addresses.source)
        for header in [ProxyHeader(addresses: addresses), .init(addresses: six), .init(addresses: nil)] {
            let bytes = header.binary()
            #expect(bytes.count <= ProxyHeader.maximumWrittenBytes)
            #expect(parse(bytes) == .complete(header, count: bytes.count))
        }
    }
}
