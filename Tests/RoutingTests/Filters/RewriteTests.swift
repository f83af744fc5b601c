import HTTPSemantics
import Routing
import Testing

@Suite struct RewriteTests {
    /// What the backend sees of `path` behind a rule with this prefix and modifier.
    static func rewritten(_ path: String, prefix configured: String, _ modifier: PathModifier) -> String? {
        let table = table([
            rule("1", [prefix(configured)], filters: RuleFilters(rewrite: URLRewrite(path: modifier)))
        ])
        return TestRequest(path).withView { request in
            let outcome = table.match(port: 0, request: request)
            guard let rewrite = outcome.rule?.pointee.rewrite else { return nil }
            let capacity = rewrite.maximumPathLength(path: request.path)
            return withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 1) { buffer in
                guard let start = buffer.baseAddress else { return nil }
                let length = rewrite.write(
                    path: request.path, prefixLength: Int(outcome.prefixLength), into: start)
                #expect(length <= capacity)
                return String(decoding: buffer[..<length], as: UTF8.self)
            }
        }
    }

    @Test(arguments: [
        ("/foo/bar", "/foo", "/xyz", "/xyz/bar"), ("/foo/bar", "/foo", "/xyz/", "/xyz/bar"),
        ("/foo/bar", "/foo/", "/xyz", "/xyz/bar"), ("/foo/bar", "/foo/", "/xyz/", "/xyz/bar"),
        ("/foo", "/foo", "/xyz", "/xyz"), ("/foo/", "/foo", "/xyz", "/xyz/"), ("/foo/bar", "/foo", "", "/bar"),
        ("/foo/bar", "/foo", "/", "/bar"), ("/foo/", "/foo", "", "/"), ("/foo/", "/foo", "/", "/"),
        ("/foo", "/foo", "", "/"),
        ("/foo", "/foo", "/", "/"), ("/prefix/one/two", "/prefix/one", "/one", "/one/two"),
        ("/strip-prefix/three", "/strip-prefix", "/", "/three"), ("/strip-prefix", "/strip-prefix", "/", "/"),
        ("/original-prefix/lemon", "/original-prefix", "/replacement-prefix", "/replacement-prefix/lemon"),
        ("/bar", "/", "/xyz", "/xyz/bar"), ("/", "/", "/xyz", "/xyz/"), ("/bar", "/", "/", "/bar"),
        ("/foo", "/foo", "xyz", "/xyz"),
        ("*", "/", "/xyz", "*"),
    ])
    func `ReplacePrefixMatch follows the table of Gateway API`(
        _ path: String, _ prefix: String, _ replacement: String, _ expected: String
    ) {
        #expect(Self.rewritten(path, prefix: prefix, .replacePrefixMatch(replacement)) == expected)
    }

    @Test(arguments: [
        ("/full/one/two", "/one", "/one"), ("/full", "/one/", "/one/"), ("/full", "", "/"), ("/full", "one", "/one"),
        ("/full", "/a b?c#d", "/a%20b%3Fc%23d"), ("/full", "/a\r\nX: y", "/a%0D%0AX:%20y"),
        ("/full", "/é%C3%zz%", "/%C3%A9%C3%25zz%25"),
    ])
    func `ReplaceFullPath replaces the path by something that is one`(
        _ path: String, _ replacement: String, _ expected: String
    ) {
        #expect(Self.rewritten(path, prefix: "/full", .replaceFullPath(replacement)) == expected)
    }

    @Test func `the hostname is kept apart from the path`() throws {
        let table = table([
            rule("host", [prefix("/host")], filters: RuleFilters(rewrite: URLRewrite(hostname: "One.Example.org"))),
            rule("none", [prefix("/none")]),
        ])
        let host = try #require(table.match(TestRequest("/host")).rule).pointee
        #expect(String(decoding: host.rewrite.hostname, as: UTF8.self) == "one.example.org")
        #expect(host.rewrite.path.kind == .none)
        #expect(!host.rewrite.isEmpty)
        #expect(try #require(table.match(TestRequest("/none")).rule).pointee.rewrite.isEmpty)
    }

    @Test func `a hostname that is none makes the rule answer 500`() throws {
        let filters = RuleFilters(rewrite: URLRewrite(hostname: "a\r\nX-Evil: 1"))
        let table = table([rule("1", filters: filters, action: .respond(status: 204))])
        #expect(try #require(table.match(TestRequest("/")).rule).pointee.status == 500)
    }
}
