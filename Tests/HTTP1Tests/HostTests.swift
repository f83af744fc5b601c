import HTTP1
import Testing

@Suite struct HostTests {
    private func withHost(_ value: String) -> String {
        "GET / HTTP/1.1\r\nHost: \(value)\r\n\r\n"
    }

    @Test(
        arguments: [
            "example.com", "EXAMPLE.com:80", "example.com.", "10.0.0.1:65535", "a_b-c~d", "[2001:db8::1]", "[::1]:8080",
            "[::ffff:10.0.0.1]", "a:", "a:0", String(repeating: "a", count: 255),
        ])
    func `a Host is a name or address and perhaps a port`(value: String) throws {
        #expect(try request(withHost(value)).authority == value)
    }

    @Test func `an empty Host is no authority`() throws {
        #expect(try request("GET / HTTP/1.1\r\nHost:\r\n\r\n").head.authorityLength == 0)
        #expect(try request("GET / HTTP/1.1\r\nHost: \t \r\n\r\n").head.authorityLength == 0)
    }

    @Test(
        arguments: [
            "a b", "a/b", "a,b", "a;b", "user@a", "a:b", "a:80:80", "a:-1", "a:+1", "a:65536", "a:000080", ":80",
            "a%41",
            "a?b", "a#b", "[::1", "::1", "[]", "[:", "[::1]x", "[::g]", "[fe80::1%25eth0]", "[v1.x]", "a\\b", "a\"b",
            "\u{E9}.example", "a\tb", "(a)", "a=b", String(repeating: "a", count: 256),
        ])
    func `a Host that is something else is refused`(value: String) {
        #expect(refusal(withHost(value)) == .invalidHost)
    }

    @Test func `HTTP 1_1 without Host is refused`() {
        #expect(refusal("GET / HTTP/1.1\r\nAccept: */*\r\n\r\n") == .missingHost)
        #expect(refusal("GET / HTTP/1.1\r\n\r\n") == .missingHost)
    }

    @Test(arguments: ["Host: a\r\nHost: b\r\n", "Host: a\r\nHost: a\r\n", "Host: a\r\nX: y\r\nhOST:\r\n"])
    func `more than one Host is refused`(lines: String) {
        #expect(refusal("GET / HTTP/1.1\r\n\(lines)\r\n") == .duplicateHost)
        #expect(refusal("GET / HTTP/1.0\r\n\(lines)\r\n") == .duplicateHost)
    }
}
