import HTTP1
import HTTPSemantics
import Testing

@Suite struct RequestTargetTests {
    @Test(
        arguments: [
            ("/", "/", nil), ("/?", "/", ""), ("/?a?b", "/", "a?b"), ("/a%2Fb/../c", "/a%2Fb/../c", nil),
            ("//evil", "//evil", nil), ("/\u{FF}\u{80}", "/\u{FFFD}\u{FFFD}", nil),
            ("/a\"<>\\^`{|}", "/a\"<>\\^`{|}", nil),
            (
                "/0123456789abcdef0123456789abcdef?0123456789abcdef", "/0123456789abcdef0123456789abcdef",
                "0123456789abcdef"
            ),
        ] as [(String, String, String?)])
    func `origin form is a path and perhaps a query`(target: String, path: String, query: String?) throws {
        let parsed = try request("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(parsed.head.targetForm == .origin)
        #expect(parsed.path == path)
        #expect(parsed.query == query)
        #expect(parsed.authority == "a")
    }

    @Test(
        arguments: [
            "/a#b", "/a?b#c", "/#", "/a\u{0}b", "/a\u{1F}", "/a\u{7F}", "/a\tb", "/0123456789abcdef#", "a", "a/b",
            "?a", "*", "example.com", "example.com:80x", "http:/a", "http:a", "http", "http:", ":", "://a",
        ])
    func `a target with forbidden bytes or of no known form is refused`(target: String) {
        let refused = refusal("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(refused == .invalidTarget || refused == .unsupportedScheme)
    }

    @Test func `a space inside a target makes the line malformed`() {
        #expect(refusal("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n") == .invalidStartLine)
    }

    @Test(
        arguments: [
            ("http://example.com/a?b", "example.com", "/a", "b"),
            ("HTTPS://Example.com:8443", "Example.com:8443", "", nil),
            ("http://[::1]:80?q", "[::1]:80", "", "q"), ("http://a/", "a", "/", nil),
        ] as [(String, String, String, String?)])
    func `the authority of absolute form overrides Host`(
        target: String, authority: String, path: String, query: String?
    ) throws {
        let parsed = try request("GET \(target) HTTP/1.1\r\nHost: other.example\r\n\r\n")
        #expect(parsed.head.targetForm == .absolute)
        #expect(parsed.authority == authority)
        #expect(parsed.path == path)
        #expect(parsed.query == query)
    }

    @Test(
        arguments: [
            ("ftp://a/", HeadError.unsupportedScheme), ("ws://a/", .unsupportedScheme), ("http://", .invalidAuthority),
            ("http:///path", .invalidAuthority), ("http://user@a/", .invalidAuthority),
            ("http://user:pw@a/", .invalidAuthority), ("http://a:b/", .invalidAuthority),
            ("http://a:65536/", .invalidAuthority), ("http://a%20b/", .invalidAuthority),
            ("http://a\\b/", .invalidAuthority), ("http://[::1/", .invalidAuthority),
        ])
    func `absolute form with another scheme or a malformed authority is refused`(target: String, error: HeadError) {
        #expect(refusal("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n") == error)
    }

    @Test func `absolute form still needs a valid Host`() {
        #expect(refusal("GET http://a/ HTTP/1.1\r\n\r\n") == .missingHost)
        #expect(refusal("GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n") == .invalidHost)
    }

    @Test func `CONNECT has authority form`() throws {
        let parsed = try request("CONNECT example.com:443 HTTP/1.1\r\nHost: other\r\n\r\n")
        #expect(parsed.head.method == .connect)
        #expect(parsed.head.targetForm == .authority)
        #expect(parsed.authority == "example.com:443")
        #expect(parsed.head.pathLength == 0)
    }

    @Test(arguments: ["/", "*", "example.com", "example.com:", "http://a:80/", "a:80/", "u@a:80", ":80"])
    func `CONNECT with any other form is refused`(target: String) {
        #expect(refusal("CONNECT \(target) HTTP/1.1\r\nHost: a\r\n\r\n") == .invalidAuthority)
    }

    @Test func `asterisk form belongs to OPTIONS`() throws {
        let parsed = try request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(parsed.head.targetForm == .asterisk)
        #expect(parsed.path == "*")
        #expect(parsed.authority == "a")
        #expect(refusal("OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n") == .invalidTarget)
        #expect(refusal("GET * HTTP/1.1\r\nHost: a\r\n\r\n") == .invalidTarget)
    }
}
