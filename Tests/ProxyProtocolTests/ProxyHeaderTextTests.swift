import ProxyProtocol
import Testing

@Suite struct ProxyHeaderTextTests {
    private func parse(_ text: String) -> ProxyHeader.Parse {
        Array(text.utf8).withUnsafeBytes { ProxyHeader.parse($0) }
    }

    private func v4(_ octets: UInt64, _ port: UInt16) -> ProxyHeader.Address {
        ProxyHeader.Address(high: 0, low: 0xffff_0000_0000 | octets, port: port)
    }

    @Test func `a line for IPv4 gives both addresses`() {
        let line = "PROXY TCP4 192.0.2.1 198.51.100.255 56324 443\r\n"
        let addresses = ProxyHeader.Addresses(source: v4(0xC000_0201, 56324), destination: v4(0xC633_64FF, 443))
        #expect(parse(line + "GET /") == .complete(ProxyHeader(addresses: addresses), count: line.utf8.count))
    }

    @Test func `a line for IPv6 gives both addresses`() {
        let line = "PROXY TCP6 2001:db8::1 ::2 1 65535\r\n"
        let addresses = ProxyHeader.Addresses(
            source: .init(high: 0x2001_0db8_0000_0000, low: 1, port: 1),
            destination: .init(high: 0, low: 2, port: 65535))
        #expect(parse(line) == .complete(ProxyHeader(addresses: addresses), count: line.utf8.count))
    }

    @Test(arguments: [
        "PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", "PROXY UNKNOWN what ever\r\n",
    ])
    func `an unknown family is taken without addresses`(line: String) {
        #expect(parse(line) == .complete(ProxyHeader(addresses: nil), count: line.utf8.count))
    }

    @Test func `every beginning of a line needs more`() {
        let line = "PROXY TCP4 192.0.2.1 198.51.100.255 56324 443\r\n"
        for count in 0..<line.utf8.count {
            #expect(parse(String(decoding: line.utf8.prefix(count), as: UTF8.self)) == .incomplete)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXY \r\n", "PROXYTCP4", "proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n",
        "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 + 2\r\n",
        "PROXY TCP4 1.1.1.256 2.2.2.2 1 2\r\n", "PROXY TCP4 ::1 ::2 1 2\r\n", "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\rX",
        "PROXY TCP4 1.1.1.1\u{0} 2.2.2.2 1 2\r\n",
    ])
    func `anything else is refused`(text: String) {
        #expect(parse(text) == .invalid)
    }

    @Test func `a line without an end is refused at its greatest length`() {
        #expect(parse("PROXY UNKNOWN " + String(repeating: "x", count: 92)) == .incomplete)
        #expect(parse("PROXY UNKNOWN " + String(repeating: "x", count: 93)) == .invalid)
        #expect(parse("PROXY UNKNOWN " + String(repeating: "x", count: 5000)) == .invalid)
    }

    @Test func `what is written is read back`() throws {
        let four = ProxyHeader(addresses: .init(source: v4(0x0A01_0203, 1), destination: v4(0xFFFF_FFFF, 65535)))
        #expect(String(decoding: four.text(), as: UTF8.self) == "PROXY TCP4 10.1.2.3 255.255.255.255 1 65535\r\n")
        let six = ProxyHeader(
            addresses: .init(source: .init(high: 0x2001_0db8_0000_0000, low: 5, port: 80), destination: v4(1, 2)))
        for header in [four, six, ProxyHeader(addresses: nil)] {
            let text = header.text()
            #expect(text.count <= ProxyHeader.maximumWrittenBytes)
            #expect(text.withUnsafeBytes { ProxyHeader.parse($0) } == .complete(header, count: text.count))
        }
    }
}
