import Explain
import Routing
import Testing

@Suite struct OutcomeTests {
    @Test func `a forwarded request names backends, shares and endpoints`() throws {
        let explanation = try explain(
            configuration([rule(to: [weighted(90, "a"), weighted(10, "b"), weighted(0, "empty")])]))
        #expect(explanation.verdict.outcome == .forwarded)
        #expect(explanation.verdict.status == nil)
        #expect(explanation.backends.map(\.backend) == ["ns/a:8080", "ns/b:8080", "ns/empty:8080"])
        #expect(explanation.backends.map(\.share) == [90, 10, 0])
        #expect(explanation.backends[0].endpoints.map(\.address) == ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"])
        #expect(explanation.backends[0].endpoints.map(\.isUsed) == [true, true, false])
        #expect(explanation.rule?.route == "ns/route")
    }

    @Test func `terminating endpoints are used when none is ready`() throws {
        var configuration = configuration([rule(to: [weighted(1, "a")])])
        configuration.backends[0].endpoints = [endpoint("10.0.0.3", .servingTerminating)]
        let explanation = try explain(configuration)
        #expect(explanation.verdict.outcome == .forwarded)
        #expect(explanation.backends[0].endpoints.map(\.isUsed) == [true])
    }

    @Test func `a reference that cannot be used keeps its share, for errors`() throws {
        let explanation = try explain(
            configuration([rule(to: [weighted(1, "a"), WeightedBackend(weight: 3, destination: .invalid)])]))
        #expect(explanation.verdict.outcome == .forwarded)
        #expect(explanation.verdict.message.contains("75 %"))
        #expect(explanation.backends.map(\.status) == [nil, 500])
        #expect(explanation.backends.map(\.share) == [25, 75])
    }

    @Test func `only references that cannot be used are a 500`() throws {
        let explanation = try explain(
            configuration([rule(to: [WeightedBackend(weight: 1, destination: .invalid), weighted(0, "a")])]))
        #expect(explanation.verdict.outcome == .refused)
        #expect(explanation.verdict.reason == .invalidBackends)
        #expect(explanation.verdict.status == 500)
    }

    @Test func `no endpoint is a 503, unless endpoints are assumed`() throws {
        let configuration = configuration([rule(to: [weighted(1, "empty")])])
        let explanation = try explain(configuration)
        #expect(explanation.verdict.reason == .noEndpoints)
        #expect(explanation.verdict.status == 503)
        let assumed = try explain(
            configuration, settings: Explainer.Settings(backendsWithAssumedEndpoints: [backend("empty")]))
        #expect(assumed.verdict.outcome == .forwarded)
        #expect(assumed.backends[0].endpointsAreAssumed)
    }

    @Test func `a rule without backends is a 500`() throws {
        let explanation = try explain(
            configuration([RuleConfiguration(index: 2, matches: [RequestMatch()], action: .respond(status: 500))]))
        #expect(explanation.verdict.reason == .ruleHasNoBackend)
        #expect(explanation.verdict.status == 500)
        #expect(explanation.rule?.index == 2)
    }

    @Test func `a redirect has a status and a location`() throws {
        let redirect = RequestRedirect(
            scheme: .https, hostname: "www.example.com", path: .replacePrefixMatch("/new"), statusCode: 308)
        let explanation = try explain(
            configuration(
                [
                    RuleConfiguration(
                        index: 0, matches: [RequestMatch(path: .prefix("/old"))],
                        filters: RuleFilters(responseHeaders: HeaderModifier(add: [.init(name: "X-A", value: "1")])),
                        action: .redirect(redirect))
                ]), "http://shop.example.com/old/x?y=1")
        #expect(explanation.verdict.outcome == .redirected)
        #expect(explanation.verdict.status == 308)
        #expect(explanation.redirect?.location == "https://www.example.com/new/x?y=1")
        #expect(explanation.responseHeaders.added == [ExplainRequest.Field(name: "X-A", value: "1")])
    }

    @Test func `a redirect without a port names the port of the listener`() throws {
        let explanation = try explain(
            configuration(
                port: 8080,
                [
                    RuleConfiguration(
                        index: 0, matches: [RequestMatch()], action: .redirect(RequestRedirect(hostname: "b.example")))
                ]), "http://shop.example.com:8080/x")
        #expect(explanation.redirect?.location == "http://b.example:8080/x")
    }

    @Test func `a port that nobody has gets no answer`() throws {
        let explanation = try explain(configuration([]), "http://shop.example.com:81/")
        #expect(explanation.verdict.reason == .noPort)
        #expect(explanation.verdict.status == nil)
        #expect(explanation.verdict.message.contains("Served: HTTP on 80"))
        #expect(try explain(configuration([]), "https://shop.example.com:80/").verdict.reason == .noPort)
    }

    @Test func `the port may also be the one that is bound`() throws {
        let configuration = configuration([rule(to: [weighted(1, "a")])])
        let settings = Explainer.Settings(portOffset: 8000)
        for url in ["http://shop.example.com/", "http://shop.example.com:8080/"] {
            #expect(try explain(configuration, url, settings: settings).verdict.outcome == .forwarded)
        }
        #expect(
            try explain(configuration, "http://shop.example.com:8081/", settings: settings).verdict.reason == .noPort)
    }

    @Test func `an invalid request is answered before it is routed`() throws {
        let explanation = try explain(configuration([rule(to: [weighted(1, "a")])]), "http://shop.example.com/%zz")
        #expect(explanation.verdict.reason == .invalidRequest)
        #expect(explanation.verdict.status == 400)
        let connect = try explain(configuration([]), method: "CONNECT")
        #expect(connect.verdict.outcome == .refused)
    }

    @Test func `of two addresses with one port the one with a rule is meant, or the one in the URL`() throws {
        var configuration = configuration([rule(to: [weighted(1, "a")])])
        var other = configuration.ports[0]
        other.address = "127.0.0.2"
        other.listeners[0].routes = []
        configuration.ports[0].address = "127.0.0.3"
        configuration.ports.insert(other, at: 0)
        let explanation = try explain(configuration)
        #expect(explanation.verdict.outcome == .forwarded)
        #expect(explanation.problems.contains { $0.message.contains("127.0.0.3") })
        #expect(try explain(configuration, "http://127.0.0.2/").verdict.reason == .noRule)
    }
}
