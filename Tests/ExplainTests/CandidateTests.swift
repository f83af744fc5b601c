import Explain
import Routing
import Testing

@Suite struct CandidateTests {
    private func prefix(_ path: String) -> RequestMatch { RequestMatch(path: .prefix(path)) }

    @Test func `losers have the reason of their loss`() throws {
        var post = prefix("/a")
        post.method = "POST"
        var header = prefix("/a")
        header.headers = [HeaderMatch(name: "X-Version", value: .exact("two"))]
        var query = prefix("/a")
        query.queryParameters = [QueryParameterMatch(name: "q", value: .exact("1"))]
        let explanation = try explain(
            configuration([
                rule(0, [prefix("/")], to: [weighted(1, "a")]), rule(1, [prefix("/a")], to: [weighted(1, "a")]),
                rule(2, [post], to: [weighted(1, "a")]), rule(3, [header], to: [weighted(1, "a")]),
                rule(4, [query], to: [weighted(1, "a")]), rule(5, [prefix("/b")], to: [weighted(1, "a")]),
                rule(6, [prefix("/a")], to: [weighted(1, "a")]),
            ]), "http://shop.example.com/a/x?q=1", headers: [("X-Version", "one")])
        let found = Dictionary(
            explanation.candidates.map { ($0.rule, $0) }, uniquingKeysWith: { first, _ in first })
        #expect(
            explanation.candidates.map(\.rule) == [5, 2, 3, 4, 1, 6, 0]
                || explanation.candidates.map(\.rule) == [2, 3, 4, 1, 6, 5, 0])
        #expect(found[2]?.reason == "the method is GET, not POST")
        #expect(found[2]?.failed == ["method"])
        #expect(found[3]?.reason == "the header x-version is \"one\", must be \"two\"")
        #expect(found[3]?.failed == ["header x-version"])
        #expect(found[4]?.result == .chosen)
        #expect(found[1]?.result == .outranked)
        #expect(found[1]?.reason == "fewer query parameter conditions")
        #expect(found[5]?.failed == ["path"])
        #expect(found[0]?.reason == "shorter path")
    }

    @Test func `a 404 says what came closest`() throws {
        var post = prefix("/cart")
        post.method = "POST"
        let explanation = try explain(
            configuration([
                rule(0, [RequestMatch(path: .exact("/catalog"))], to: [weighted(1, "a")]),
                rule(1, [RequestMatch(path: .exact("/cartons"))], to: [weighted(1, "a")]),
                rule(2, [post], to: [weighted(1, "a")]),
            ]), "http://shop.example.com/cart")
        #expect(explanation.verdict.reason == .noRule)
        #expect(explanation.verdict.status == 404)
        #expect(explanation.closest.map(\.rule) == [2, 1, 0])
        #expect(explanation.closest[0].reason == "the method is GET, not POST")
        #expect(explanation.closest[1].reason == "the path is not exactly /cartons")
    }

    @Test func `a 404 for the host names the hosts that there are`() throws {
        let explanation = try explain(
            configuration(hostname: try pattern("shop.example.org"), [rule(to: [weighted(1, "a")])]))
        #expect(explanation.verdict.message == "No route of the listener is for the host shop.example.com.")
        #expect(explanation.closest.map(\.failed) == [["hostname"]])
        #expect(explanation.closest[0].reason == "the host shop.example.com is not for shop.example.org")
    }

    @Test func `a listener that shadows a route is named`() throws {
        var configuration = configuration([rule(to: [weighted(1, "a")])])
        configuration.ports[0].listeners.append(
            ListenerConfiguration(
                id: ListenerID(gateway: name("gateway"), listener: "narrow"), hostname: try pattern("*.example.com"),
                routes: []))
        let explanation = try explain(configuration)
        #expect(explanation.verdict.status == 404)
        #expect(explanation.listeners.map(\.result) == [.lessSpecific, .chosen])
        #expect(explanation.problems.count == 1)
        #expect(explanation.problems[0].object == "HTTPRoute ns/route")
        #expect(explanation.problems[0].message.contains("listener narrow (*.example.com) is more specific"))
    }

    @Test func `no listener for the host is a 404 of its own`() throws {
        var configuration = configuration([rule(to: [weighted(1, "a")])])
        configuration.ports[0].listeners[0].hostname = try pattern("shop.example.org")
        configuration.ports[0].listeners[0].routes[0].hostnames = [try pattern("shop.example.org")]
        let explanation = try explain(configuration)
        #expect(explanation.verdict.reason == .noListener)
        #expect(explanation.listeners.map(\.result) == [.doesNotMatch])
    }

    @Test func `long lists of candidates are cut, and counted`() throws {
        let rules = (0..<300).map { index in rule(index, [prefix("/p\(index)")], to: [weighted(1, "a")]) }
        let explanation = try explain(configuration(rules), "http://shop.example.com/p7")
        #expect(explanation.candidates.count + explanation.omittedCandidates == 300)
        #expect(explanation.candidates.count <= 21)
        #expect(explanation.candidates.contains { $0.result == .chosen && $0.rule == 7 })
    }

    @Test func `credentials are in no text and no JSON`() throws {
        var match = RequestMatch()
        match.headers = [HeaderMatch(name: "Authorization", value: .exact("Bearer wanted"))]
        let explanation = try explain(
            configuration([
                rule(
                    0, [match], to: [weighted(1, "a")]),
                rule(
                    1,
                    filters: RuleFilters(
                        requestHeaders: HeaderModifier(set: [.init(name: "X-Api-Key", value: "configured")])),
                    to: [weighted(1, "a")]),
            ]), headers: [("Authorization", "Bearer sent"), ("Cookie", "id=sent")])
        let text = ExplanationText.render(explanation) + (try json(explanation))
        #expect(explanation.rule?.index == 1)
        for secret in ["wanted", "sent", "configured"] { #expect(!text.contains(secret)) }
        #expect(text.contains("X-Api-Key: <redacted>"))
    }
}
