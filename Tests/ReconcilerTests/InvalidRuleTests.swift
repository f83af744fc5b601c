import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

/// Rules that no file gets through validation, but that a cluster with newer CRDs, or with none, may hold.
@Suite struct InvalidRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rule: HTTPRouteRule
        var reason = RouteConditionReason.unsupportedValue

        init(_ description: String, _ rule: HTTPRouteRule, _ reason: RouteConditionReason = .unsupportedValue) {
            testDescription = description
            self.rule = rule
            self.reason = reason
        }
    }

    private static func rewrite(_ path: HTTPPathModifier) -> HTTPRouteFilter {
        HTTPRouteFilter(type: .urlRewrite, urlRewrite: HTTPURLRewriteFilter(path: path))
    }

    private static func headers(_ name: String, _ value: String) -> HTTPRouteFilter {
        HTTPRouteFilter(
            type: .requestHeaderModifier,
            requestHeaderModifier: HTTPHeaderFilter(set: [HTTPHeader(name: name, value: value)]))
    }

    private static let redirect = HTTPRouteFilter(
        type: .requestRedirect, requestRedirect: HTTPRequestRedirectFilter(hostname: "a.example.com"))

    static let matches: [Case] = [
        Case("path type", Objects.rule(matches: [.init(path: .init(type: .unrecognized("Glob"), value: "/*"))])),
        Case(
            "header type",
            Objects.rule(matches: [.init(headers: [.init(type: .unrecognized("Glob"), name: "a", value: "*")])])),
        Case(
            "query type",
            Objects.rule(matches: [.init(queryParams: [.init(type: .unrecognized("Glob"), name: "a", value: "*")])])),
        Case("method", Objects.rule(matches: [.init(method: .unrecognized("PURGE"))])),
        Case(
            "regular expression of a query parameter",
            Objects.rule(
                matches: [.init(queryParams: [.init(type: .regularExpression, name: "a", value: "(")])])),
    ]

    static let filters: [Case] = [
        Case("missing field", Objects.rule(filters: [HTTPRouteFilter(type: .urlRewrite)])),
        Case("path modifier", Objects.rule(filters: [rewrite(.init(type: .unrecognized("ReplaceSuffix")))])),
        Case("path modifier without value", Objects.rule(filters: [rewrite(.init(type: .replaceFullPath))])),
        Case(
            "query in a path",
            Objects.rule(filters: [rewrite(.init(type: .replaceFullPath, replaceFullPath: "/a?b=c"))])),
        Case(
            "line break in a path",
            Objects.rule(filters: [rewrite(.init(type: .replacePrefixMatch, replacePrefixMatch: "/a\r\nX: y"))])),
        Case(
            "prefix replaced for two matches",
            Objects.rule(
                matches: [.init(), .init()],
                filters: [rewrite(.init(type: .replacePrefixMatch, replacePrefixMatch: "/"))])),
        Case(
            "prefix replaced for an exact match",
            Objects.rule(
                matches: [.init(path: .init(type: .exact, value: "/a"))],
                filters: [rewrite(.init(type: .replacePrefixMatch, replacePrefixMatch: "/"))])),
        Case(
            "hostname that is an address",
            Objects.rule(filters: [HTTPRouteFilter(type: .urlRewrite, urlRewrite: .init(hostname: "10.0.0.1"))])),
        Case("line break in a header", Objects.rule(filters: [headers("X-A", "a\r\nX-B: b")])),
        Case("blank in the name of a header", Objects.rule(filters: [headers("X A", "a")])),
        Case("Host that is none", Objects.rule(filters: [headers("Host", "a b")])),
        Case(
            "redirect status",
            Objects.rule(filters: [HTTPRouteFilter(type: .requestRedirect, requestRedirect: .init(statusCode: 200))])),
        Case(
            "redirect scheme",
            Objects.rule(
                filters: [HTTPRouteFilter(type: .requestRedirect, requestRedirect: .init(scheme: .unrecognized("ftp")))]
            )),
        Case(
            "redirect hostname",
            Objects.rule(
                filters: [HTTPRouteFilter(type: .requestRedirect, requestRedirect: .init(hostname: "*.example.com"))])),
        Case(
            "redirect and rewrite",
            Objects.rule(filters: [redirect, rewrite(.init(type: .replaceFullPath, replaceFullPath: "/"))]),
            .incompatibleFilters),
        Case("one filter twice", Objects.rule(filters: [headers("a", "b"), headers("c", "d")]), .incompatibleFilters),
        Case(
            "one filter twice at a backend",
            Objects.rule(backendFilters: [headers("a", "b"), headers("c", "d")]), .incompatibleFilters),
    ]

    private static let app = BackendObjectReference(name: "app", port: 80)

    private static func mirror(_ percent: Int32?, _ fraction: Fraction? = nil) -> HTTPRouteFilter {
        HTTPRouteFilter(
            type: .requestMirror, requestMirror: .init(backendRef: app, percent: percent, fraction: fraction))
    }

    private static func changed(_ change: (inout HTTPRouteRule) -> Void) -> HTTPRouteRule {
        var rule = Objects.rule()
        change(&rule)
        return rule
    }

    static let others: [Case] = [
        Case("mirror without settings", Objects.rule(filters: [HTTPRouteFilter(type: .requestMirror)])),
        Case("mirror of more than all", Objects.rule(filters: [mirror(101)])),
        Case("mirror of less than nothing", Objects.rule(filters: [mirror(-1)])),
        Case(
            "mirror of a fraction above one",
            Objects.rule(filters: [mirror(nil, Fraction(numerator: 3, denominator: 2))])),
        Case(
            "mirror of a fraction of nothing",
            Objects.rule(filters: [mirror(nil, Fraction(numerator: 0, denominator: 0))])),
        Case("mirror with both", Objects.rule(filters: [mirror(1, Fraction(numerator: 1))])),
        Case("mirror of a backend", Objects.rule(backendFilters: [mirror(1)])),
        Case("retry on success", changed { $0.retry = HTTPRouteRetry(codes: [500, 200]) }),
        Case("no retry", changed { $0.retry = HTTPRouteRetry(attempts: 0) }),
        Case(
            "attempt longer than request",
            changed {
                $0.timeouts = HTTPRouteTimeouts(
                    request: GatewayDuration(milliseconds: 1), backendRequest: GatewayDuration(milliseconds: 2))
            }),
        Case("session type", changed { $0.sessionPersistence = .init(type: .unrecognized("Path")) }),
        Case(
            "session name too long",
            changed { $0.sessionPersistence = .init(sessionName: String(repeating: "a", count: 129)) }),
        Case("session name", changed { $0.sessionPersistence = .init(sessionName: "a;b") }),
        Case(
            "session header",
            changed { $0.sessionPersistence = .init(sessionName: "content-length", type: .header) }),
        Case(
            "permanent session without end",
            changed { $0.sessionPersistence = .init(cookieConfig: .init(lifetimeType: .permanent)) }),
        Case(
            "session lifetime",
            changed { $0.sessionPersistence = .init(cookieConfig: .init(lifetimeType: .unrecognized("Long"))) }),
    ]

    @Test(arguments: matches + filters + others)
    func `a rule that cannot be served as written is not served`(_ example: Case) {
        let outcome = ClusterState.serving(example.rule).outcome
        #expect(outcome.routeCondition(.accepted)?.status == .false)
        #expect(outcome.routeCondition(.accepted)?.reason == example.reason.rawValue)
        #expect(outcome.configuration.routes.isEmpty)
        #expect(outcome.summary.gateways.first?.listeners.first?.attachedRoutes == 0)
    }

    @Test(arguments: matches + filters + others)
    func `its neighbours are served`(_ example: Case) {
        var state = ClusterState.serving(example.rule)
        state.set(Objects.route(rules: [example.rule, Objects.rule()]))
        let outcome = state.outcome
        #expect(outcome.routeCondition(.accepted)?.status == .true)
        #expect(outcome.routeCondition(.partiallyInvalid)?.status == .true)
        #expect(outcome.routeCondition(.partiallyInvalid)?.message.hasPrefix("Dropped Rule 0") == true)
        #expect(outcome.configuration.routes.first?.rules.map(\.index) == [1])
    }

    static let guards: [HTTPRouteFilter] = [
        HTTPRouteFilter(type: .cors), HTTPRouteFilter(type: .externalAuth), HTTPRouteFilter(type: .extensionRef),
        HTTPRouteFilter(type: .cors, cors: .init(allowOrigins: ["ftp://example.com"])),
        HTTPRouteFilter(type: .cors, cors: .init(allowOrigins: ["https://*.10.0.0.1"])),
        HTTPRouteFilter(type: .cors, cors: .init(allowOrigins: ["https://example.com:0"])),
        HTTPRouteFilter(type: .cors, cors: .init(allowOrigins: ["https://example.com/"])),
        HTTPRouteFilter(type: .cors, cors: .init(allowMethods: ["GET, PUT"])),
        HTTPRouteFilter(type: .cors, cors: .init(allowHeaders: [""])),
        HTTPRouteFilter(type: .cors, cors: .init(exposeHeaders: ["a\r\nb"])),
        HTTPRouteFilter(type: .cors, cors: .init(maxAge: 0)),
        HTTPRouteFilter(type: .externalAuth, externalAuth: .init(protocol: .grpc, backendRef: app)),
        HTTPRouteFilter(type: .externalAuth, externalAuth: .init(protocol: .unrecognized("LDAP"), backendRef: app)),
        HTTPRouteFilter(
            type: .externalAuth,
            externalAuth: .init(protocol: .http, backendRef: app, http: .init(path: "/a?b"))),
        HTTPRouteFilter(
            type: .externalAuth,
            externalAuth: .init(protocol: .http, backendRef: app, http: .init(allowedResponseHeaders: ["a b"]))),
        HTTPRouteFilter(
            type: .externalAuth,
            externalAuth: .init(protocol: .http, backendRef: app, forwardBody: .init(maxSize: -1))),
    ]

    @Test(arguments: guards)
    func `a filter that may decide who gets in fails closed when it cannot be served`(_ filter: HTTPRouteFilter) {
        for rule in [Objects.rule(filters: [filter]), Objects.rule(backendFilters: [filter])] {
            let outcome = ClusterState.serving(rule).outcome
            #expect(outcome.routeCondition(.accepted)?.reason == "UnsupportedValue")
            #expect(outcome.configuration.routes.first?.rules.map(\.action) == [.respond(status: 500)])
        }
    }

    @Test func `a filter of a newer API fails closed`() {
        let filter = HTTPRouteFilter(type: .unrecognized("Firewall"))
        let outcome = ClusterState.serving(Objects.rule(filters: [filter])).outcome
        #expect(outcome.routeCondition(.accepted)?.status == .false)
        #expect(outcome.configuration.routes.first?.rules.map(\.action) == [.respond(status: 500)])
    }

    @Test func `a guard needs matches that are understood`() {
        let match = HTTPRouteMatch(method: .unrecognized("PURGE"))
        let filter = HTTPRouteFilter(type: .unrecognized("Firewall"))
        let outcome = ClusterState.serving(Objects.rule(matches: [match], filters: [filter])).outcome
        #expect(outcome.configuration.routes.isEmpty)
    }

    @Test func `a reference to a Service without port leads nowhere`() {
        var rule = Objects.rule()
        rule.backendRefs[0].reference.port = nil
        let outcome = ClusterState.serving(rule).outcome
        #expect(outcome.routeCondition(.resolvedRefs)?.reason == "BackendNotFound")
        #expect(outcome.configuration.routes.first?.rules.map(\.action) == [.forward([.init(destination: .invalid)])])
    }
}
