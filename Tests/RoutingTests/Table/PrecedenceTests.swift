import Routing
import Testing

@Suite struct PrecedenceTests {
    @Test func `a more specific hostname wins before paths are compared`() {
        let table = table([
            TestRoute("wildcard", hostnames: [host("*.example.com")], [rule("long", [exact("/a/b/c")])]),
            TestRoute("exact", hostnames: [host("www.example.com")], [rule("root", [prefix("/")])]),
            TestRoute("longer", hostnames: [host("*.foo.example.com")], [rule("root", [prefix("/")])]),
            TestRoute("any", [rule("1", [exact("/a/b/c")])]),
        ])
        #expect(table.answer(TestRequest("/a/b/c", host: "www.example.com")) == "ns/exact/root")
        #expect(table.answer(TestRequest("/a/b/c", host: "x.foo.example.com")) == "ns/longer/root")
        #expect(table.answer(TestRequest("/a/b/c", host: "x.example.com")) == "ns/wildcard/long")
        #expect(table.answer(TestRequest("/a/b/c", host: "example.org")) == "ns/any/1")
    }

    @Test func `a request that no rule of a more specific hostname takes goes on to less specific ones`() {
        let table = table([
            TestRoute("exact", hostnames: [host("www.example.com")], [rule("v2", [prefix("/v2")])]),
            TestRoute("wildcard", hostnames: [host("*.example.com")], [rule("v3", [prefix("/v3")])]),
            TestRoute("any", [rule("v4", [prefix("/v4")])]),
        ])
        #expect(table.answer(TestRequest("/v2", host: "www.example.com")) == "ns/exact/v2")
        #expect(table.answer(TestRequest("/v3", host: "www.example.com")) == "ns/wildcard/v3")
        #expect(table.answer(TestRequest("/v4", host: "www.example.com")) == "ns/any/v4")
        #expect(table.answer(TestRequest("/v5", host: "www.example.com")) == "no rule")
        // The target of a miss names the most specific pattern.
        let miss = table.match(TestRequest("/v5", host: "www.example.com"))
        #expect(table.targets[Int(miss.target)].hostname == "www.example.com")
    }

    @Test func `a route does not capture its path for other hosts`() {
        let table = table([
            TestRoute("com", hostnames: [host("example.com")], [rule("v2", [prefix("/v2")])]),
            TestRoute("net", hostnames: [host("example.net")], [rule("root")]),
        ])
        #expect(table.answer(TestRequest("/v2", host: "example.com")) == "ns/com/v2")
        #expect(table.answer(TestRequest("/v2", host: "example.net")) == "ns/net/root")
        #expect(table.answer(TestRequest("/", host: "example.com")) == "no rule")
    }

    @Test func `exact beats expression beats prefix, longer prefix beats shorter`() throws {
        let table = table([
            rule("prefix", [prefix("/match/exact/one")]), rule("expression", [try expression("/match/exact/.*")]),
            rule("exact", [exact("/match/exact/one")]), rule("short", [prefix("/match")]), rule("root", [prefix("/")]),
            rule("slash", [prefix("/match/prefix/")]), rule("long", [prefix("/match/prefix/one")]),
        ])
        #expect(table.answer(TestRequest("/match/exact/one")) == "ns/r/exact")
        #expect(table.answer(TestRequest("/match/exact/two")) == "ns/r/expression")
        #expect(table.answer(TestRequest("/match/exact")) == "ns/r/short")
        #expect(table.answer(TestRequest("/match")) == "ns/r/short")
        #expect(table.answer(TestRequest("/match/prefix")) == "ns/r/slash")
        #expect(table.answer(TestRequest("/match/prefix/any")) == "ns/r/slash")
        #expect(table.answer(TestRequest("/match/prefix/one/any")) == "ns/r/long")
        #expect(table.answer(TestRequest("/matches")) == "ns/r/root")
    }

    @Test func `the longer expression is tried first, then method and conditions, then route order`() throws {
        let post = RequestMatch(path: .regularExpression(try RegularExpression("/[ab]")), method: "POST")
        let table = table([
            TestRoute("old", [rule("short", [try expression("/.*")]), rule("same", [try expression("/[bc]")])]),
            TestRoute(
                "new",
                [
                    rule("same", [try expression("/[ab]")]), rule("post", [post]),
                    rule("long", [try expression("/(a|long)")]),
                ]),
        ])
        #expect(table.answer(TestRequest("/a")) == "ns/new/long")
        #expect(table.answer(TestRequest("/b")) == "ns/old/same")
        #expect(table.answer(TestRequest("/b", method: "POST")) == "ns/new/post")
        #expect(table.answer(TestRequest("/c")) == "ns/old/same")
        #expect(table.answer(TestRequest("/d")) == "ns/old/short")
    }

    @Test func `path beats method, method beats headers, headers beat query parameters`() {
        let table = table([
            rule("parameter", [RequestMatch(queryParameters: [parameter("animal", "whale")])]),
            rule("header", [RequestMatch(headers: [header("version", "four")])]),
            rule("method", [RequestMatch(method: "PATCH")]),
            rule("path", [prefix("/path5")]),
        ])
        let headers = [("version", "four")]
        #expect(table.answer(TestRequest("/path5?animal=whale", method: "PATCH", headers: headers)) == "ns/r/path")
        #expect(table.answer(TestRequest("/?animal=whale", method: "PATCH", headers: headers)) == "ns/r/method")
        #expect(table.answer(TestRequest("/?animal=whale", headers: headers)) == "ns/r/header")
        #expect(table.answer(TestRequest("/?animal=whale")) == "ns/r/parameter")
        #expect(table.answer(TestRequest("/")) == "no rule")
    }

    @Test func `more header matches win over fewer, more parameter matches over fewer`() {
        let table = table([
            rule("one", [RequestMatch(headers: [header("version", "two")])]),
            rule("two", [RequestMatch(headers: [header("version", "two"), header("color", "orange")])]),
            rule("q1", [RequestMatch(queryParameters: [parameter("a", "1")])]),
            rule("q2", [RequestMatch(queryParameters: [parameter("a", "1"), parameter("b", "2")])]),
            rule(
                "h1q2",
                [
                    RequestMatch(
                        headers: [header("version", "two")],
                        queryParameters: [parameter("a", "1"), parameter("b", "2")])
                ]),
        ])
        #expect(table.answer(TestRequest("/", headers: [("version", "two")])) == "ns/r/one")
        #expect(table.answer(TestRequest("/", headers: [("version", "two"), ("color", "orange")])) == "ns/r/two")
        #expect(
            table.answer(TestRequest("/?a=1&b=2", headers: [("version", "two"), ("color", "orange")])) == "ns/r/two")
        #expect(table.answer(TestRequest("/?b=2&a=1", headers: [("version", "two")])) == "ns/r/h1q2")
        #expect(table.answer(TestRequest("/?a=1&b=2")) == "ns/r/q2")
        #expect(table.answer(TestRequest("/?a=1&b=3")) == "ns/r/q1")
    }

    @Test func `a longer path with no conditions beats a shorter one with many, but falls back to it`() {
        let many = RequestMatch(
            path: .prefix("/a"), method: "GET", headers: [header("h", "1")], queryParameters: [parameter("q", "1")])
        let table = table([
            rule("many", [many]), rule("longer", [prefix("/a/b")]),
            rule("conditional", [RequestMatch(path: .prefix("/a/b/c"), method: "POST")]),
            rule("exact", [RequestMatch(path: .exact("/a/b/c"), method: "PUT")]),
        ])
        let headers = [("h", "1")]
        #expect(table.answer(TestRequest("/a/b?q=1", headers: headers)) == "ns/r/longer")
        #expect(table.answer(TestRequest("/a/x?q=1", headers: headers)) == "ns/r/many")
        #expect(table.answer(TestRequest("/a/b/c")) == "ns/r/longer")
        #expect(table.answer(TestRequest("/a/b/c", method: "POST")) == "ns/r/conditional")
        #expect(table.answer(TestRequest("/a/b/c", method: "PUT")) == "ns/r/exact")
    }

    @Test func `the older route wins, then the earlier rule`() {
        let table = table([
            TestRoute("old", [rule("first", [prefix("/b")]), rule("second", [prefix("/b"), prefix("/a")])]),
            TestRoute("new", [rule("first", [prefix("/a")]), rule("second", [prefix("/c"), exact("/a")])]),
        ])
        #expect(table.answer(TestRequest("/b")) == "ns/old/first")
        #expect(table.answer(TestRequest("/a/x")) == "ns/old/second")
        #expect(table.answer(TestRequest("/a")) == "ns/new/second")
        #expect(table.answer(TestRequest("/c")) == "ns/new/second")
    }
}
