import Testing

@testable import Proxy

@Suite struct SocketAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:80"), ("0.0.0.0", "0.0.0.0:80"), ("255.199.99.9", "255.199.99.9:80"),
        ("::1", "[::1]:80"), ("2001:db8::5", "[2001:db8::5]:80"), ("::ffff:10.1.2.3", "10.1.2.3:80"),
    ])
    func `addresses are written as they are read`(text: String, expected: String) throws {
        let address = try #require(SocketAddress(text, port: 80))
        #expect(address.description == expected)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "::g", "[::1]", "1.2.3.4:80"])
    func `anything else is no address`(text: String) {
        #expect(SocketAddress(text, port: 80) == nil)
    }
}
