import Routing
import Testing

@Suite struct RequestMatchTests {
    @Test(arguments: [
        ("/", "root"), ("/example", "root"), ("/v2", "v2"), ("/v2/", "v2"), ("/v2/example", "v2"),
        ("/v2example", "root"),
        ("/foo/v2/example", "root"), ("/V2", "root"), ("/one", "one"), ("/one/", "root"), ("/one/example", "root"),
        ("/One", "root"), ("/v2/exact/", "slash"), ("/v2/exact", "v2"), ("*", "root"),
    ])
    func `paths match by element`(_ path: String, _ expected: String) {
        let table = table([
            rule("root", [prefix("/")]), rule("v2", [prefix("/v2")]), rule("one", [exact("/one")]),
            rule("slash", [exact("/v2/exact/")]),
        ])
        #expect(table.answer(TestRequest(path)) == "ns/r/\(expected)")
    }

    @Test(arguments: [
        ("/one", "one"), ("/two", "two"), ("/", nil), ("/one/example", nil), ("/two/", nil), ("/Two", nil),
        ("/on", nil),
        ("/oneone", nil),
    ])
    func `an exact path is the whole path`(_ path: String, _ expected: String?) {
        let table = table([rule("one", [exact("/one")]), rule("two", [exact("/two")])])
        #expect(table.answer(TestRequest(path)) == (expected.map { "ns/r/\($0)" } ?? "no rule"))
    }

    @Test(arguments: [
        ("/foo", "/foo"), ("/foo/", "/foo"), ("/foo/bar", "/foo"), ("/foo//", "/foo"), ("/%66oo", "/foo"),
    ])
    func `a configured prefix is read like a request's path, without its trailing slash`(
        _ configured: String, _ path: String
    ) {
        let table = table([rule("1", [prefix(configured)])])
        let outcome = table.match(TestRequest(path + (configured == "/foo/bar" ? "/bar" : "/x")))
        #expect(outcome.rule != nil)
        #expect(Int(outcome.prefixLength) == configured.split(separator: "/").count * 4)
    }

    @Test func `the length of the prefix is what a rewrite replaces`() throws {
        let table = table([
            rule("root", [prefix("/")]), rule("a", [prefix("/aa/bb/")]), rule("exact", [exact("/e")]),
            rule("expression", [try expression("/r+")]),
        ])
        #expect(table.match(TestRequest("/aa")).prefixLength == 0)
        #expect(table.match(TestRequest("/aa/bb")).prefixLength == 6)
        #expect(table.match(TestRequest("/aa/bb/cc")).prefixLength == 6)
        #expect(table.match(TestRequest("/e")).prefixLength == 0)
        #expect(table.match(TestRequest("/rr")).prefixLength == 0)
    }

    @Test(arguments: [
        ([("version", "one")], "one"), ([("Version", "one")], "one"), ([("VERSION", "two")], "two"),
        ([("version", "two"), ("color", "orange")], "orange"), ([("color", "blue")], "blue"),
        ([("color", "green")], "blue"),
        ([("color", "Blue")], nil), ([("color", "orange")], nil), ([("version", "oneone")], nil),
        ([("version", "on")], nil),
        ([("versio", "one")], nil), ([], nil), ([("version", "")], nil),
        ([("other", "one"), ("version", "one")], "one"),
    ])
    func `headers match by name in any case and by value exactly`(
        _ headers: [(String, String)], _ expected: String?
    ) {
        let table = table([
            rule("one", [RequestMatch(headers: [header("version", "one")])]),
            rule("two", [RequestMatch(headers: [header("version", "two")])]),
            rule("orange", [RequestMatch(headers: [header("Version", "two"), header("Color", "orange")])]),
            rule(
                "blue",
                [
                    RequestMatch(headers: [header("color", "blue")]), RequestMatch(headers: [header("color", "green")]),
                ]),
        ])
        #expect(table.answer(TestRequest("/", headers: headers)) == (expected.map { "ns/r/\($0)" } ?? "no rule"))
    }

    @Test(arguments: [
        ([("h", "a"), ("h", "b")], true), ([("h", "a,b")], true), ([("h", "a"), ("x", "y"), ("H", "b")], true),
        ([("h", "b"), ("h", "a")], false), ([("h", "a")], false), ([("h", "a"), ("h", "b"), ("h", "")], false),
        ([("h", "a"), ("h", "")], false), ([("h", ""), ("h", "a,b")], false),
    ])
    func `a repeated header is compared as one joined by commas`(_ headers: [(String, String)], _ expected: Bool) throws
    {
        let exact = table([rule("1", [RequestMatch(headers: [header("h", "a,b")])])])
        #expect((exact.match(TestRequest("/", headers: headers)).rule != nil) == expected)
        let value = ValueMatch.regularExpression(try RegularExpression("a,[b]"))
        let expression = table([rule("1", [RequestMatch(headers: [HeaderMatch(name: "h", value: value)])])])
        #expect((expression.match(TestRequest("/", headers: headers)).rule != nil) == expected)
    }

    @Test func `empty values of repeated headers count`() {
        let table = table([
            rule("comma", [RequestMatch(headers: [header("h", ",")])]),
            rule("end", [RequestMatch(headers: [header("h", "a,")])]),
            rule("start", [RequestMatch(headers: [header("h", ",a")])]),
            rule("empty", [RequestMatch(headers: [header("h", "")])]),
        ])
        #expect(table.answer(TestRequest("/", headers: [("h", ""), ("h", "")])) == "ns/r/comma")
        #expect(table.answer(TestRequest("/", headers: [("h", "a"), ("h", "")])) == "ns/r/end")
        #expect(table.answer(TestRequest("/", headers: [("h", ""), ("h", "a")])) == "ns/r/start")
        #expect(table.answer(TestRequest("/", headers: [("h", "")])) == "ns/r/empty")
        #expect(table.answer(TestRequest("/")) == "no rule")
    }

    @Test func `a second condition on the same header or parameter is ignored and does not count`() {
        let table = table([
            rule(
                "one",
                [RequestMatch(headers: [header("h", "1"), header("H", "2")], queryParameters: [parameter("q", "1")])]),
            rule(
                "two",
                [
                    RequestMatch(
                        headers: [header("h", "1")], queryParameters: [parameter("q", "1"), parameter("q", "2")])
                ]),
        ])
        #expect(table.answer(TestRequest("/?q=1", headers: [("h", "1")])) == "ns/r/one")
        #expect(table.answer(TestRequest("/?q=2", headers: [("h", "2")])) == "no rule")
    }

    @Test(arguments: [
        ("/?animal=whale", "whale"), ("/?animal=dolphin", "dolphin"), ("/?animal=dolphin&color=blue", "both"),
        ("/?color=blue&animal=dolphin", "both"), ("/?ANIMAL=Whale", "upper"), ("/?animal=Whale", nil),
        ("/?Animal=whale", nil), ("/?animal=whaledolphin", nil), ("/?animal=whal", nil), ("/?animal=", nil),
        ("/?animal", nil),
        ("/?", nil), ("/", nil), ("/?animal=whale&other=x", "whale"), ("/?other=x&animal=whale", "whale"),
        ("/?animal=dolphin&animal=whale", "dolphin"), ("/?%61nimal=wh%61le", "whale"), ("/?name=a+b%26c%3d", "encoded"),
        ("/?name=a%20b&x", nil), ("/?name=100%", "percent"), ("/?name=100%2", nil), ("/?empty", "empty"),
        ("/?empty=", "empty"),
        ("/?&&animal=whale&", "whale"), ("/?animal=whale=", nil), ("/?eq=a=b", "equals"),
    ])
    func `query parameters match decoded, case-sensitively, by the first value`(_ target: String, _ expected: String?) {
        let table = table([
            rule("whale", [RequestMatch(queryParameters: [parameter("animal", "whale")])]),
            rule("dolphin", [RequestMatch(queryParameters: [parameter("animal", "dolphin")])]),
            rule(
                "both", [RequestMatch(queryParameters: [parameter("animal", "dolphin"), parameter("color", "blue")])]),
            rule("upper", [RequestMatch(queryParameters: [parameter("ANIMAL", "Whale")])]),
            rule("encoded", [RequestMatch(queryParameters: [parameter("name", "a b&c=")])]),
            rule("percent", [RequestMatch(queryParameters: [parameter("name", "100%")])]),
            rule("empty", [RequestMatch(queryParameters: [parameter("empty", "")])]),
            rule("equals", [RequestMatch(queryParameters: [parameter("eq", "a=b")])]),
        ])
        #expect(table.answer(TestRequest(target)) == (expected.map { "ns/r/\($0)" } ?? "no rule"))
    }

    @Test func `expressions match header and parameter values as a whole`() throws {
        let version = try RegularExpression("v[0-9]+")
        let table = table([
            rule("h", [RequestMatch(headers: [HeaderMatch(name: "v", value: .regularExpression(version))])]),
            rule(
                "q",
                [RequestMatch(queryParameters: [QueryParameterMatch(name: "v", value: .regularExpression(version))])]),
        ])
        #expect(table.answer(TestRequest("/", headers: [("V", "v12")])) == "ns/r/h")
        #expect(table.answer(TestRequest("/", headers: [("V", "v12x")])) == "no rule")
        #expect(table.answer(TestRequest("/?v=%7612")) == "ns/r/q")
        #expect(table.answer(TestRequest("/?v=xv12")) == "no rule")
        #expect(table.answer(TestRequest("/?v=")) == "no rule")
    }

    @Test func `methods match exactly, HEAD is not GET`() {
        let table = table([
            rule("get", [RequestMatch(method: "GET")]), rule("post", [RequestMatch(method: "POST")]),
            rule("odd", [RequestMatch(path: .prefix("/odd"), method: "_OTHER")]),
        ])
        #expect(table.answer(TestRequest("/", method: "GET")) == "ns/r/get")
        #expect(table.answer(TestRequest("/", method: "POST")) == "ns/r/post")
        for method in ["HEAD", "get", "PUT", "OPTIONS", "BREW"] {
            #expect(table.answer(TestRequest("/", method: method)) == "no rule")
        }
        #expect(table.answer(TestRequest("/odd", method: "BREW")) == "no rule")
    }

    @Test(arguments: RequestMethodCase.all)
    func `every method of the CRD can be matched`(_ method: String) {
        let table = table([rule("1", [RequestMatch(method: method)])])
        #expect(table.answer(TestRequest("/", method: method)) == "ns/r/1")
    }

    enum RequestMethodCase {
        static let all = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]
    }

    @Test func `every match of a rule counts, and the target names the rule`() {
        var second = rule("x", [exact("/b"), exact("/c")])
        second.name = nil
        second.index = 7
        let table = table([TestRoute("r", hostnames: [host("*.example.com")], [rule("named", [exact("/a")]), second])])
        let named = table.match(TestRequest("/a", host: "x.example.com"))
        #expect(
            table.targets[Int(named.target)]
                == TargetInfo(
                    port: 80, gateway: "ns/gateway", listener: "listener", hostname: "*.example.com", route: "ns/r",
                    rule: "named"))
        let outcomes = ["/b", "/c"].map { table.match(TestRequest($0, host: "x.example.com")) }
        #expect(outcomes[0].target == outcomes[1].target)
        #expect(table.targets[Int(outcomes[0].target)].rule == "7")
        #expect(outcomes[0].rule?.pointee.index == 7)
        #expect(outcomes[0].rule?.pointee.route == 0)
    }
}
