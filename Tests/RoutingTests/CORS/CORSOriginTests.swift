import Routing
import Testing

@Suite struct CORSOriginTests {
    static func matches(_ allowed: [CORSPolicy.Origin], _ origin: String) throws -> Bool {
        let rule = try SingleRule(filters: RuleFilters(cors: CORSPolicy(allowOrigins: allowed)))
        let cors = try #require(try rule.extras().filters.cors)
        return withExtendedLifetime(rule.table) { withBytes(origin) { cors.pointee.matches(origin: $0) } }
    }

    static func origin(_ scheme: String, _ host: String, _ port: UInt16, wildcard: Bool = false) -> CORSPolicy.Origin {
        .origin(scheme: scheme, host: host, isWildcard: wildcard, port: port)
    }

    @Test(arguments: [
        ("https://www.foo.com", true), ("https://www.foo.com:443", true), ("HTTPS://WWW.Foo.com", true),
        ("http://www.foo.com", false), ("https://www.foo.com:8443", false), ("https://foo.com", false),
        ("https://www.foo.com.evil.org", false), ("https://evil-www.foo.com", false), ("https://www.foo.co", false),
        ("https://www.foo.com/", false), ("https://www.foo.com:", false), ("https://www.foo.com:0443", true),
        ("https://www.foo.com:65979", false), ("https://user@www.foo.com", false), ("www.foo.com", false),
        ("null", false), ("", false), ("https://", false), ("://www.foo.com", false),
    ])
    func `an exact origin takes its scheme, host and port only`(_ origin: String, _ expected: Bool) throws {
        #expect(try Self.matches([Self.origin("https", "www.foo.com", 443)], origin) == expected)
    }

    @Test(arguments: [
        ("https://xpto.www.bar.com", true), ("https://www.bar.com", true), ("https://bar.com", false),
        ("https://.bar.com", false), ("https://foobar.com", false), ("http://www.bar.com", false),
        ("https://www.bar.com:8080", false), ("https://WWW.BAR.COM", true), ("https://www.bar.com.", false),
    ])
    func `a wildcard stands for one or more labels on the left`(_ origin: String, _ expected: Bool) throws {
        #expect(try Self.matches([Self.origin("https", "bar.com", 443, wildcard: true)], origin) == expected)
    }

    @Test(arguments: [
        ("http://anything.example", true), ("http://localhost", true), ("http://anything.example:80", true),
        ("http://anything.example:8080", false), ("https://anything.example", false), ("http://[::1]", true),
        ("http://[::1]:80", true), ("http://[::1]:81", false),
    ])
    func `a wildcard alone stands for every host with that scheme and port`(
        _ origin: String, _ expected: Bool
    ) throws {
        #expect(try Self.matches([Self.origin("http", "", 80, wildcard: true)], origin) == expected)
    }

    @Test(arguments: [
        ("https://foobar.com:12345", true), ("http://foobar.com", true), ("null", true),
        ("chrome-extension://abcdefgh", true), ("", false), ("foobar.com", false), ("https://a\r\nX: y", false),
        ("https://a b", false), ("https://a/b", false), ("https://a\"", false), ("https://a,https://b", false),
        ("https://" + String(repeating: "a", count: 313), false),
    ])
    func `the star alone takes every origin with any port, but nothing that is no origin`(
        _ origin: String, _ expected: Bool
    ) throws {
        #expect(try Self.matches([.any], origin) == expected)
    }

    @Test func `one of several origins is enough, and none takes nothing`() throws {
        let origins = [Self.origin("https", "a.com", 443), Self.origin("http", "b.com", 8080)]
        #expect(try Self.matches(origins, "http://b.com:8080"))
        #expect(try !Self.matches(origins, "http://b.com"))
        #expect(try !Self.matches([], "http://b.com"))
    }
}
