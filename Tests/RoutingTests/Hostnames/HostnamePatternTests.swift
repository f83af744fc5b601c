import Routing
import Testing

@Suite struct HostnamePatternTests {
    @Test(arguments: [
        "example.com", "a", "a-b.c1.example.com", "*.example.com", "*.com", "1.2.3", "1.2.3.4.example.com",
        "xn--bcher-kva.ch",
    ])
    func `a precise name or a name below a wildcard is a hostname`(_ text: String) throws {
        #expect(try #require(HostnamePattern(text)).description == text)
    }

    @Test(arguments: [
        "", "*", "*.", "a.*.com", "*a.com", "**.com", "*.*.com", ".example.com", "example.com.", "a..b", "-a.com",
        "a-.com",
        "a_b.com", "a b", "exämple.com", "\u{212A}.com", "10.0.0.1", "*.10.0.0.1", "[::1]", "::1", "example.com:80",
        "a/b", String(repeating: "a", count: 254),
    ])
    func `anything else is no hostname`(_ text: String) {
        #expect(HostnamePattern(text) == nil)
    }

    @Test func `letters are lowered`() {
        #expect(HostnamePattern("WWW.Example.COM")?.description == "www.example.com")
        #expect(HostnamePattern("*.Example.COM") == HostnamePattern("*.example.com"))
        #expect(HostnamePattern.any.description == "*")
    }

    @Test(arguments: [
        ("*", "*", "*"), ("*", "x.com", "x.com"), ("x.com", "*", "x.com"), ("*", "*.x.com", "*.x.com"),
        ("a.example.com", "a.example.com", "a.example.com"), ("a.example.com", "b.example.com", nil),
        ("a.example.com", "*.example.com", "a.example.com"), ("a.example.com", "*.com", "a.example.com"),
        ("*.example.com", "a.example.com", "a.example.com"), ("*.example.com", "a.b.example.com", "a.b.example.com"),
        ("*.example.com", "example.com", nil), ("*.example.com", "*.example.com", "*.example.com"),
        ("*.example.com", "*.com", "*.example.com"), ("*.com", "*.example.com", "*.example.com"),
        ("*.example.com", "*.a.example.com", "*.a.example.com"), ("*.example.com", "*.example.net", nil),
        ("*.example.com", "badexample.com", nil), ("*.example.com", "*.badexample.com", nil),
    ])
    func `hostnames of listener and route intersect as the table in Gateway API says`(
        _ listener: String, _ route: String, _ expected: String?
    ) {
        #expect(host(listener).intersection(host(route))?.description == expected)
        #expect(host(route).intersection(host(listener))?.description == expected)
    }

    @Test(arguments: [
        ("*", "anything", true), ("*", "", true), ("example.com", "example.com", true),
        ("example.com", "EXAMPLE.com", true),
        ("example.com", "a.example.com", false), ("*.example.com", "a.example.com", true),
        ("*.example.com", "a.b.example.com", true), ("*.example.com", "A.Example.Com", true),
        ("*.example.com", "example.com", false), ("*.example.com", ".example.com", false),
        ("*.example.com", "aexample.com", false), ("*.example.com", "a.example.org", false),
        ("*.example.com", "a_b.example.com", true), ("example.com", "", false),
    ])
    func `a host belongs to a pattern`(_ pattern: String, _ name: String, _ expected: Bool) {
        #expect(host(pattern).matches(name) == expected)
    }

    @Test func `exact is more specific than wildcard, longer wildcard than shorter, any is least`() {
        let ordered = ["*", "*.com", "*.example.com", "*.foo.example.com", "a.com", "abc.foo.example.com"].map(host)
        for (less, more) in zip(ordered, ordered.dropFirst()) {
            #expect(less.specificity < more.specificity)
        }
    }
}
