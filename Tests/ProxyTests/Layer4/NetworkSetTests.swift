import Testing

@testable import Proxy

@Suite struct NetworkSetTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.3", "10.1.2.3", true),
        ("10.1.2.3", "10.1.2.4", false), ("10.1.2.3/31", "10.1.2.2", true), ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "2001:db8::1", true), ("::/0", "10.0.0.1", true),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ("2001:db8::/64", "2001:db8::ffff:0:0:1", true), ("2001:db8::/65", "2001:db8::ffff:0:0:1", false),
        ("2001:db8::1", "2001:db8::1", true), ("2001:db8::1/128", "2001:db8::2", false),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true),
    ])
    func `a network contains its addresses`(network: String, address: String, expected: Bool) throws {
        let address = try #require(SocketAddress(address, port: 1))
        #expect(NetworkSet([network]).contains(address) == expected)
        #expect(NetworkSet(["192.0.2.0/24", network]).contains(address) == expected)
    }

    @Test(arguments: ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "all", "10.0.0/8"])
    func `what is no network contains nothing`(text: String) throws {
        #expect(!NetworkSet([text]).contains(try #require(SocketAddress("10.0.0.1", port: 1))))
    }
}
