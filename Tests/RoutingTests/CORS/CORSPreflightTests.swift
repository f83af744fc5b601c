import HTTPSemantics
import Routing
import Testing

/// A preflight and what the filter answers to it, as sorted lines without the Vary that is always there.
struct PreflightAnswer: Equatable {
    var isAllowed: Bool
    var lines: [String]

    static let vary = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers"

    init(
        _ policy: CORSPolicy, origin: String = "https://www.foo.com", method: String = "PUT", headers: String? = nil
    ) throws {
        var fields = [("Origin", origin), ("Access-Control-Request-Method", method)]
        if let headers { fields.append(("access-control-request-headers", headers)) }
        let rule = try SingleRule(filters: RuleFilters(cors: policy))
        let cors = try #require(try rule.extras().filters.cors)
        var written = ""
        let answer: Bool? = withExtendedLifetime(rule.table) {
            TestRequest("/", method: "OPTIONS", headers: fields).withView { view in
                CORSPreflight(view).map { cors.pointee.writePreflightFields($0) { written += text($0) } }
            }
        }
        isAllowed = answer == true
        #expect(answer != nil)
        #expect(written.hasSuffix("\r\n"))
        let all = written.split(separator: "\r\n").map(String.init)
        #expect(all.contains(Self.vary))
        lines = all.filter { $0 != Self.vary }.sorted()
    }
}

@Suite struct CORSPreflightTests {
    static let foo = CORSPolicy.Origin.origin(scheme: "https", host: "www.foo.com", isWildcard: false, port: 443)

    @Test func `an allowed origin gets what is configured`() throws {
        let policy = CORSPolicy(
            allowOrigins: [Self.foo], allowCredentials: true, allowMethods: .list(["GET", "OPTIONS"]),
            allowHeaders: .list(["x-header-1", "x-header-2"]),
            exposeHeaders: .list(["x-header-3", "x-header-4"]), maxAge: 3600)
        let answer = try PreflightAnswer(policy, method: "GET", headers: "x-header-1, x-header-2")
        #expect(answer.isAllowed)
        #expect(
            answer.lines == [
                "Access-Control-Allow-Credentials: true",
                "Access-Control-Allow-Headers: x-header-1, x-header-2",
                "Access-Control-Allow-Methods: GET, OPTIONS",
                "Access-Control-Allow-Origin: https://www.foo.com",
                "Access-Control-Expose-Headers: x-header-3, x-header-4",
                "Access-Control-Max-Age: 3600",
            ])
    }

    @Test func `without more than origins there is the origin and five seconds`() throws {
        let answer = try PreflightAnswer(CORSPolicy(allowOrigins: [Self.foo]))
        #expect(
            answer.lines == [
                "Access-Control-Allow-Origin: https://www.foo.com", "Access-Control-Max-Age: 5",
            ])
    }

    @Test(arguments: ["https://www.bar.com", "http://www.foo.com", "null", "https://www.foo.com\u{0}"])
    func `another origin gets nothing`(_ origin: String) throws {
        let policy = CORSPolicy(allowOrigins: [Self.foo], allowCredentials: true, allowMethods: .any)
        let answer = try PreflightAnswer(policy, origin: origin)
        #expect(!answer.isAllowed)
        #expect(answer.lines == [])
    }

    @Test func `stars without credentials: the origin is a star, what is asked for is repeated`() throws {
        let policy = CORSPolicy(
            allowOrigins: [.any], allowMethods: .any, allowHeaders: .any, exposeHeaders: .any)
        #expect(
            try PreflightAnswer(policy, headers: "authorization,x-a").lines == [
                "Access-Control-Allow-Headers: authorization,x-a", "Access-Control-Allow-Methods: PUT",
                "Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: *", "Access-Control-Max-Age: 5",
            ])
        #expect(try PreflightAnswer(policy).lines.contains("Access-Control-Allow-Headers: *"))
    }

    @Test func `stars with credentials are never written`() throws {
        let policy = CORSPolicy(
            allowOrigins: [.any], allowCredentials: true, allowMethods: .any, allowHeaders: .any,
            exposeHeaders: .any)
        #expect(
            try PreflightAnswer(policy, origin: "https://foobar.com:12345", headers: "x-a, X-B").lines == [
                "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Headers: x-a, X-B",
                "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Origin: https://foobar.com:12345",
                "Access-Control-Max-Age: 5",
            ])
        let without = try PreflightAnswer(policy)
        #expect(!without.lines.contains { $0.hasPrefix("Access-Control-Allow-Headers") })
    }

    @Test(arguments: [
        "x-a\r\nEvil: 1", "x-a;q=1", "x a", ",", "x-a,,x-b", "x-a,", "", "x\u{0}", String(repeating: "a", count: 4097),
    ])
    func `header names that are none are not repeated`(_ headers: String) throws {
        let any = CORSPolicy(allowOrigins: [.any], allowCredentials: true, allowHeaders: .any)
        let lines = try PreflightAnswer(any, headers: headers).lines
        #expect(!lines.contains { $0.hasPrefix("Access-Control-Allow-Headers") })
        let open = CORSPolicy(allowOrigins: [.any], allowHeaders: .any)
        #expect(try PreflightAnswer(open, headers: headers).lines.contains("Access-Control-Allow-Headers: *"))
    }

    @Test(arguments: ["", "GET\r\nEvil: 1", "GET, PUT", String(repeating: "A", count: 65)])
    func `a method that is none is not repeated`(_ method: String) throws {
        let policy = CORSPolicy(allowOrigins: [.any], allowCredentials: true, allowMethods: .any)
        let lines = try PreflightAnswer(policy, method: method).lines
        #expect(!lines.contains { $0.hasPrefix("Access-Control-Allow-Methods") })
    }

    @Test func `only OPTIONS with both fields is a preflight`() {
        func isPreflight(_ method: String, _ headers: [(String, String)]) -> Bool {
            TestRequest("/", method: method, headers: headers).withView { CORSPreflight($0) != nil }
        }
        let origin = ("ORIGIN", "https://a.com")
        let method = ("access-control-request-method", "GET")
        #expect(isPreflight("OPTIONS", [origin, method]))
        #expect(!isPreflight("GET", [origin, method]))
        #expect(!isPreflight("OPTIONS", [origin]))
        #expect(!isPreflight("OPTIONS", [method]))
    }

    @Test func `two origins are no origin`() throws {
        let fields = [
            ("Origin", "https://a.com"), ("Origin", "https://b.com"), ("Access-Control-Request-Method", "GET"),
        ]
        let isEmpty = TestRequest("/", method: "OPTIONS", headers: fields).withView {
            CORSPreflight($0)?.origin.isEmpty
        }
        #expect(isEmpty == true)
    }

    @Test func `a list with a name that is none makes the rule answer 500`() throws {
        let policy = CORSPolicy(allowOrigins: [.any], allowHeaders: .list(["a\r\nb"]))
        let rule = try SingleRule(filters: RuleFilters(cors: policy), action: .respond(status: 200))
        #expect(rule.rule.pointee.status == 500)
    }
}

@Suite struct CORSPreflightRuleTests {
    private static func answer(_ rules: [RuleConfiguration], requested: String) -> String {
        let table = table(rules)
        let request = TestRequest(
            "/", method: "OPTIONS",
            headers: [("Origin", "https://a.com"), ("Access-Control-Request-Method", requested)])
        let outcome = request.withView { view in
            CORSPreflight(view).map { table.matcher.match(port: 0, preflight: $0, request: view) }
        }
        guard let outcome else { return "no preflight" }
        return outcome.rule == nil ? "no rule" : table.targets[Int(outcome.target)].rule
    }

    private static func rule(_ name: String, method: String?, cors: Bool) -> RuleConfiguration {
        RuleConfiguration(
            index: 0, name: name, matches: [RequestMatch(method: method)],
            filters: RuleFilters(cors: cors ? CORSPolicy() : nil), action: .respond(status: 200))
    }

    @Test func `the rule of the method that is asked for answers`() {
        let rules = [Self.rule("get", method: "GET", cors: true), Self.rule("all", method: nil, cors: true)]
        #expect(Self.answer(rules, requested: "GET") == "get")
        #expect(Self.answer(rules, requested: "PUT") == "all")
        #expect(Self.answer(rules, requested: "FOO") == "all")
    }

    @Test func `without the filter there, the request is matched as what it is`() {
        let rules = [Self.rule("get", method: "GET", cors: false), Self.rule("options", method: "OPTIONS", cors: true)]
        #expect(Self.answer(rules, requested: "GET") == "options")
        #expect(Self.answer([rules[0]], requested: "GET") == "no rule")
    }
}
