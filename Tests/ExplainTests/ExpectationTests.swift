import Explain
import Manifests
import Routing
import Testing

@testable import Commands

/// Suites against the configuration of `Support.swift`, without manifests.
@Suite struct ExpectationTests {
    private func mismatches(
        _ expect: String, _ configuration: RoutingConfiguration, url: String = "http://shop.example.com/"
    ) throws -> [Mismatch] {
        let text = "tests:\n- name: t\n  request: { url: \"\(url)\" }\n  expect: \(expect)\n"
        let (suite, diagnostics) = RouteTestSuite.decode(Array(text.utf8), file: "t.yaml")
        #expect(diagnostics.isEmpty)
        let test = try #require(suite.tests.first)
        return ExpectationCheck(test, try explain(configuration, test.request.url)).mismatches
    }

    private var split: RoutingConfiguration {
        configuration([
            RuleConfiguration(
                index: 0, name: "split", matches: [RequestMatch()],
                filters: RuleFilters(
                    requestHeaders: HeaderModifier(set: [.init(name: "X-A", value: "1")]),
                    responseHeaders: HeaderModifier(add: [.init(name: "X-B", value: "2")], remove: ["Server"]),
                    mirrors: [RequestMirror(backend: backend("b"), numerator: 50)]),
                timeouts: RuleTimeouts(request: .seconds(90)), retry: RetryPolicy(codes: [503], attempts: 2),
                action: .forward([weighted(2, "a"), weighted(1, "b")]))
        ])
    }

    @Test(arguments: [
        "{ route: route }", "{ route: ns/route }", "{ rule: 0 }", "{ rule: split }", "{ listener: http }",
        "{ listener: gateway/http }", "{ hostname: \"*\" }", "{ backend: { name: a, share: 67 } }",
        "{ backend: { service: ns/b:8080, share: 33.3% } }", "{ method: GET, path: /, host: shop.example.com }",
        "{ backends: [{ name: a, share: 66.67 }, { name: b, share: 33 }] }", "{ requestHeaders: { x-a: 1 } }",
        "{ requestHeaders: { X-C: null } }", "{ responseHeaders: { X-B: \"2\", Server: null } }",
        "{ mirrors: [{ name: b, share: 50 }] }", "{ timeouts: { request: 1m30s, backendRequest: 0s } }",
        "{ retry: { attempts: 2, codes: [503], backoff: 25ms } }",
    ])
    func `an expectation that is true holds`(expect: String) throws {
        #expect(try mismatches(expect, split) == [])
    }

    @Test(arguments: [
        ("{ route: rout }", "route"), ("{ route: other/route }", "route"), ("{ rule: 1 }", "rule"),
        ("{ rule: other }", "rule"), ("{ listener: tp }", "listener"), ("{ hostname: shop.example.com }", "hostname"),
        ("{ backend: a }", "backend"), ("{ backend: { name: a, share: 66 } }", "backend"),
        ("{ backends: [{ name: a, share: 67 }] }", "backends"), ("{ status: 200 }", "status"),
        ("{ redirect: http://x/ }", "redirect"), ("{ path: /x }", "path"), ("{ host: x }", "host"),
        ("{ method: POST }", "method"), ("{ requestHeaders: { X-A: null } }", "requestHeaders[X-A]"),
        ("{ requestHeaders: { X-C: 1 } }", "requestHeaders[X-C]"),
        ("{ responseHeaders: { Date: null } }", "responseHeaders[Date]"), ("{ mirrors: [] }", "mirrors"),
        ("{ timeouts: { request: 9s } }", "timeouts.request"),
        ("{ timeouts: { backendRequest: 9s } }", "timeouts.backendRequest"),
        ("{ retry: { attempts: 3 } }", "retry.attempts"), ("{ retry: { codes: [500] } }", "retry.codes"),
        ("{ session: s }", "session"),
    ])
    func `an expectation that is not true is a mismatch with its place`(expect: String, field: String) throws {
        let mismatches = try mismatches(expect, split)
        #expect(mismatches.map(\.field) == [field])
        #expect(mismatches.first?.source?.hasPrefix("t.yaml:4:") == true)
    }

    @Test func `a status is that of the gateway's own answer`() throws {
        #expect(try mismatches("{ status: 404 }", configuration([])) == [])
        let redirect = configuration([
            RuleConfiguration(
                index: 0, matches: [RequestMatch()], action: .redirect(RequestRedirect(hostname: "b.example")))
        ])
        #expect(try mismatches("{ status: 302, redirect: http://b.example/x }", redirect, url: "a/x") == [])
        #expect(try mismatches("{ redirect: { status: 302 } }", redirect) == [])
        #expect(try mismatches("{ redirect: { status: 301 } }", redirect).count == 1)
    }

    @Test func `a backend that answers with an error is not the one that was expected`() throws {
        let empty = configuration([rule(to: [weighted(1, "empty")])])
        #expect(try mismatches("{ backend: empty }", empty).map(\.found) == ["ns/empty:8080 (100 %) answers 503"])
    }
}
