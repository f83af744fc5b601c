import HTTPSemantics
import Routing
import Testing

@Suite struct RedirectTests {
    struct Case: CustomTestStringConvertible {
        var listener: (isTLS: Bool, port: UInt16)
        var scheme: RequestRedirect.Scheme?
        var port: UInt16?
        var origin: String

        init(
            _ isTLS: Bool, _ listenerPort: UInt16, _ scheme: RequestRedirect.Scheme?, _ port: UInt16?, _ origin: String
        ) {
            listener = (isTLS, listenerPort)
            self.scheme = scheme
            self.port = port
            self.origin = origin
        }

        var testDescription: String { "\(listener) \(scheme?.rawValue ?? "-") \(port ?? 0)" }
    }

    static func location(
        _ redirect: RequestRedirect, _ request: TestRequest, prefix configured: String = "/", isTLS: Bool = false,
        listenerPort: UInt16 = 80, missingBytes: Int = 0
    ) -> String? {
        let table = table([rule("1", [prefix(configured)], action: .redirect(redirect))])
        return request.withView { view in
            let outcome = table.match(port: 0, request: view)
            guard let rule = outcome.rule else { return nil }
            #expect(rule.pointee.action == .redirect)
            #expect(rule.pointee.status == redirect.statusCode)
            let capacity = rule.pointee.redirect.maximumLocationLength(
                host: view.host, path: view.path, query: view.query)
            return withUnsafeTemporaryAllocation(byteCount: capacity - missingBytes, alignment: 1) { buffer in
                let length = rule.pointee.redirect.writeLocation(
                    requestIsTLS: isTLS, host: view.host, listenerPort: listenerPort, path: view.path,
                    query: view.query,
                    prefixLength: Int(outcome.prefixLength), into: buffer)
                return length.map { String(decoding: buffer[..<$0], as: UTF8.self) }
            }
        }
    }

    @Test(arguments: [
        Case(false, 80, nil, nil, "http://example.org"), Case(false, 80, nil, 8080, "http://example.org:8080"),
        Case(false, 80, nil, 80, "http://example.org"), Case(false, 80, .https, nil, "https://example.org"),
        Case(false, 80, .https, 443, "https://example.org"), Case(false, 80, .https, 8443, "https://example.org:8443"),
        Case(false, 8080, nil, nil, "http://example.org:8080"), Case(false, 8080, nil, 80, "http://example.org"),
        Case(false, 8080, nil, 8080, "http://example.org:8080"), Case(false, 8080, .https, nil, "https://example.org"),
        Case(false, 8080, .https, 443, "https://example.org"),
        Case(false, 8080, .https, 8443, "https://example.org:8443"),
        Case(false, 8080, .http, nil, "http://example.org"), Case(true, 443, nil, nil, "https://example.org"),
        Case(true, 443, nil, 443, "https://example.org"), Case(true, 443, nil, 8443, "https://example.org:8443"),
        Case(true, 443, nil, 80, "https://example.org:80"), Case(true, 443, .http, nil, "http://example.org"),
        Case(true, 443, .http, 80, "http://example.org"), Case(true, 443, .http, 8080, "http://example.org:8080"),
        Case(true, 8443, nil, nil, "https://example.org:8443"),
        Case(false, 80, .http, 65535, "http://example.org:65535"),
        Case(false, 80, .http, 1, "http://example.org:1"),
    ])
    func `scheme and port follow the table of Gateway API`(_ test: Case) {
        let location = Self.location(
            RequestRedirect(scheme: test.scheme, port: test.port), TestRequest("/path?q=1&r", host: "example.org"),
            isTLS: test.listener.isTLS, listenerPort: test.listener.port)
        #expect(location == test.origin + "/path?q=1&r")
    }

    @Test(
        arguments: [
            (
                "/original-prefix", .replacePrefixMatch("/replacement-prefix"), "/original-prefix/lemon",
                "/replacement-prefix/lemon"
            ),
            (
                "/full", .replaceFullPath("/full-path-replacement"), "/full/path/original?a=b",
                "/full-path-replacement?a=b"
            ),
            ("/strip", .replacePrefixMatch("/"), "/strip", "/"), ("/strip", .replacePrefixMatch(""), "/strip?x", "/?x"),
            ("/", nil, "/a/b", "/a/b"),
        ] as [(String, PathModifier?, String, String)])
    func `path and query`(_ prefix: String, _ modifier: PathModifier?, _ target: String, _ expected: String) {
        let location = Self.location(
            RequestRedirect(hostname: "Other.example.com", path: modifier, statusCode: 301), TestRequest(target),
            prefix: prefix)
        #expect(location == "http://other.example.com" + expected)
    }

    @Test func `addresses in brackets, requests without host, OPTIONS for the server`() {
        #expect(Self.location(RequestRedirect(port: 81), TestRequest("/a", host: "[::1]")) == "http://[::1]:81/a")
        #expect(Self.location(RequestRedirect(scheme: .https), TestRequest("/a?b", host: "")) == "/a?b")
        #expect(Self.location(RequestRedirect(hostname: "x.com"), TestRequest("/a", host: "")) == "http://x.com/a")
        #expect(Self.location(RequestRedirect(), TestRequest("*", method: "OPTIONS")) == "http://example.com/")
    }

    @Test func `a buffer that is too small is left alone`() {
        #expect(Self.location(RequestRedirect(), TestRequest("/a"), missingBytes: 1) == nil)
    }
}
