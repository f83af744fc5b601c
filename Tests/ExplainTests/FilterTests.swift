import Explain
import Foundation
import Routing
import Testing

func json(_ explanation: Explanation) throws -> String {
    String(decoding: try JSONEncoder().encode(explanation), as: UTF8.self)
}

@Suite struct FilterTests {
    @Test func `the request to the backend is what filters make of it`() throws {
        let filters = RuleFilters(
            requestHeaders: HeaderModifier(
                set: [.init(name: "X-Set", value: "new")], add: [.init(name: "X-Add", value: "1")], remove: ["X-Gone"]),
            responseHeaders: HeaderModifier(add: [.init(name: "X-Answer", value: "1")], remove: ["Server"]),
            rewrite: URLRewrite(hostname: "internal.example", path: .replacePrefixMatch("/v2")))
        let explanation = try explain(
            configuration([rule(0, [RequestMatch(path: .prefix("/v1"))], filters: filters, to: [weighted(1, "a")])]),
            "http://shop.example.com/v1/./x//y?q=%20",
            headers: [
                ("x-set", "old"), ("X-Gone", "1"), ("X-Stays", "1"), ("Connection", "X-Hop"), ("X-Hop", "1"),
            ])
        let backend = explanation.backends[0]
        #expect(explanation.request.path == "/v1/x/y")
        #expect(backend.request.target == "/v2/x/y?q=%20")
        #expect(backend.request.host == "internal.example")
        #expect(backend.request.changes.removed == ["x-set", "X-Gone"])
        #expect(backend.request.changes.added.map(\.name) == ["X-Set", "X-Add"])
        #expect(
            backend.request.headers.map { "\($0.name): \($0.value)" } == [
                "X-Stays: 1", "X-Forwarded-For: <client address>", "X-Forwarded-Proto: http",
                "X-Forwarded-Host: shop.example.com", "X-Set: new", "X-Add: 1",
            ])
        #expect(backend.responseHeaders.added.map(\.name) == ["X-Answer"])
        #expect(backend.responseHeaders.removed == ["Server"])
    }

    @Test func `filters of a backendRef act after those of the rule, for that backend alone`() throws {
        var own = weighted(1, "b")
        own.filters = RuleFilters(
            requestHeaders: HeaderModifier(set: [.init(name: "Backend", value: "b")]),
            rewrite: URLRewrite(path: .replaceFullPath("/own")))
        let filters = RuleFilters(
            requestHeaders: HeaderModifier(add: [.init(name: "Backend", value: "rule")]),
            rewrite: URLRewrite(path: .replaceFullPath("/rule")))
        let explanation = try explain(configuration([rule(filters: filters, to: [weighted(1, "a"), own])]))
        #expect(explanation.backends.map(\.request.path) == ["/rule", "/own"])
        #expect(explanation.backends.map { $0.request.changes.added.map(\.value) } == [["rule"], ["b"]])
    }

    @Test func `mirrors, timeouts and retries are told`() throws {
        let explanation = try explain(
            configuration([
                rule(
                    filters: RuleFilters(mirrors: [RequestMirror(backend: backend("b"), numerator: 1, denominator: 4)]),
                    timeouts: RuleTimeouts(request: .milliseconds(90_500), backendRequest: .seconds(2)),
                    retry: RetryPolicy(codes: [503, 500], attempts: 3, backoff: .milliseconds(10)),
                    to: [weighted(1, "a")])
            ]))
        #expect(explanation.mirrors.map(\.backend) == ["ns/b:8080"])
        #expect(explanation.mirrors.map(\.share) == [25])
        #expect(explanation.timeouts?.request == "1m30s500ms")
        #expect(explanation.timeouts?.backendRequest == "2s")
        #expect(explanation.retry?.attempts == 3)
        #expect(explanation.retry?.codes == [500, 503])
        #expect(explanation.retry?.backoff == "10ms")
        let text = ExplanationText.render(explanation)
        #expect(text.contains("mirror: 25 % copied to ns/b:8080"))
        #expect(text.contains("timeout of the request: 1m30s500ms"))
    }

    private let policy = CORSPolicy(
        allowOrigins: [.origin(scheme: "https", host: "www.example.com", isWildcard: false, port: 443)],
        allowMethods: .list(["GET", "PUT"]))

    private func preflight(from origin: String) throws -> Explanation {
        var put = RequestMatch(path: .prefix("/cart"))
        put.method = "PUT"
        return try explain(
            configuration([rule(0, [put], filters: RuleFilters(cors: policy), to: [weighted(1, "a")])]),
            "http://shop.example.com/cart", method: "OPTIONS",
            headers: [("Origin", origin), ("Access-Control-Request-Method", "PUT")])
    }

    @Test func `a preflight is answered by the gateway, for the method that it asks for`() throws {
        let explanation = try preflight(from: "https://www.example.com")
        #expect(explanation.verdict.outcome == .answered)
        #expect(explanation.verdict.status == 204)
        #expect(explanation.rule?.index == 0)
        #expect(explanation.candidates.map(\.result) == [.chosen])
        #expect(explanation.backends.isEmpty)
        let fields = explanation.cors?.responseHeaders.map { "\($0.name): \($0.value)" } ?? []
        #expect(fields.contains("Access-Control-Allow-Origin: https://www.example.com"))
        #expect(fields.contains { $0.hasPrefix("Access-Control-Allow-Methods: ") && $0.contains("PUT") })
    }

    @Test func `a preflight of a foreign origin is refused`() throws {
        let explanation = try preflight(from: "https://evil.example")
        #expect(explanation.verdict.outcome == .refused)
        #expect(explanation.verdict.status == 403)
        #expect(explanation.cors?.isAllowed == false)
    }

    @Test func `an actual request goes on, with the fields for its origin`() throws {
        let explanation = try explain(
            configuration([rule(filters: RuleFilters(cors: policy), to: [weighted(1, "a")])]),
            headers: [("Origin", "https://www.example.com")])
        #expect(explanation.verdict.outcome == .forwarded)
        #expect(explanation.cors?.isPreflight == false)
        #expect(explanation.cors?.responseHeaders.map(\.name).contains("Access-Control-Allow-Origin") == true)
    }

    @Test func `an authorization server is asked first`() throws {
        let auth = ExternalAuth(backend: backend("b"), pathPrefix: "/check", maximumBodySize: 10)
        let explanation = try explain(
            configuration([rule(filters: RuleFilters(externalAuth: auth), to: [weighted(1, "a")])]),
            "http://shop.example.com/x?y")
        #expect(explanation.verdict.outcome == .forwarded)
        #expect(explanation.externalAuth?.backend == "ns/b:8080")
        #expect(explanation.externalAuth?.request == "GET /check/x?y")
    }

    @Test(arguments: [(nil, 500), ("empty", 503)] as [(String?, Int)])
    func `without an authorization server nobody is let in`(service: String?, status: Int) throws {
        let auth = ExternalAuth(backend: service.map(backend))
        let explanation = try explain(
            configuration([rule(filters: RuleFilters(externalAuth: auth), to: [weighted(1, "a")])]))
        #expect(explanation.verdict.reason == .invalidExternalAuth)
        #expect(explanation.verdict.status == status)
    }

    @Test func `a session is told, and one that the request brings decides`() throws {
        var sticky = weighted(1, "a")
        sticky.session = SessionConfiguration(name: "Sticky", carrier: .header, scope: "ns/route/0")
        var other = weighted(0, "b")
        other.session = sticky.session
        let configuration = configuration([rule(to: [sticky, other])])
        #expect(try explain(configuration).backends[0].session?.name == "Sticky")

        let token = try #require(sessionToken(of: "10.0.1.1:80", backend: 1, in: configuration))
        let explanation = try explain(configuration, headers: [("Sticky", token)])
        #expect(explanation.verdict.reason == .session)
        #expect(explanation.session?.backend == "ns/b:8080")
        #expect(explanation.session?.endpoint == "10.0.1.1:80")
        let gone = try #require(sessionToken(of: "10.0.9.9:80", backend: 1, in: configuration))
        #expect(try explain(configuration, headers: [("Sticky", gone)]).session == nil)
    }

    @Test func `the JSON form is read back as the same explanation`() throws {
        let explanation = try preflight(from: "https://www.example.com")
        #expect(try JSONDecoder().decode(Explanation.self, from: Data(try json(explanation).utf8)) == explanation)
    }
}
