import HTTPSemantics
import Testing

@Suite struct HostNormalizationTests {
    static func normalize(_ authority: String, capacity: Int = 255) -> (host: String, port: UInt16)? {
        var buffer = [UInt8](repeating: 0, count: capacity)
        let result = buffer.withUnsafeMutableBytes { buffer in
            withBytes(authority) { HostNormalization.normalize($0, into: buffer) }
        }
        return result.map { (String(decoding: buffer[..<$0.hostLength], as: UTF8.self), $0.port) }
    }

    @Test(arguments: [
        ("example.com", "example.com", 0), ("Example.COM:8080", "example.com", 8080),
        ("example.com.", "example.com", 0),
        ("example.com.:80", "example.com", 80), ("example.com:", "example.com", 0), ("localhost", "localhost", 0),
        ("a_b.example.com", "a_b.example.com", 0), ("10.0.0.1:65535", "10.0.0.1", 65535), ("[::1]", "[::1]", 0),
        ("[2001:DB8::A]:443", "[2001:db8::a]", 443), ("[::ffff:10.0.0.1]:1", "[::ffff:10.0.0.1]", 1), ("", "", 0),
        ("a:00080", "a", 80),
    ])
    func `an authority is taken apart`(_ authority: String, _ host: String, _ port: UInt16) {
        let result = Self.normalize(authority)
        #expect(result?.host == host)
        #expect(result?.port == port)
    }

    @Test(arguments: [
        ".", "..", ".a", "a..b", "a..", "a b", " a", "a/b", "user@host", "a\u{0}", "a\n", "a\u{7F}", "é.com", "a%41",
        "*.example.com", ":80", "a:0", "a:65536", "a:123456", "a:8x", "a:-1", "a:+80", "a:80:80", "[::1", "[]", "[1]",
        "[g::1]",
        "[::1]x", "[::1]:x", "::1", "[::1%25eth0]", "[:::::::::]", String(repeating: "a", count: 256),
    ])
    func `an authority that names no host is refused`(_ authority: String) {
        #expect(Self.normalize(authority) == nil)
    }

    @Test func `a host longer than the buffer is refused`() {
        #expect(Self.normalize("abcd", capacity: 4)?.host == "abcd")
        #expect(Self.normalize("abcde", capacity: 4) == nil)
        #expect(Self.normalize("[::1]", capacity: 4) == nil)
    }
}
