import KubernetesTypes
import Manifests
import Testing

/// A rule of the CRDs with a spec that breaks it and one that does not.
struct RuleCase: Sendable, CustomTestStringConvertible {
    /// The path of the issue, or of several, separated by blanks.
    var path: String
    /// A part of the message.
    var message: String
    var bad: String
    var good: String

    init(_ path: String, _ message: String, bad: String, good: String) {
        self.path = path
        self.message = message
        self.bad = bad
        self.good = good
    }

    var testDescription: String { "\(path): \(message): \(bad.prefix(60))" }

    func check(_ manifest: (String) -> String) {
        let good = decode(manifest(good))
        #expect(good.diagnostics.map(\.description) == [], "the good one")
        let bad = decode(manifest(bad))
        #expect(bad.errors.map(\.fieldPath.description).joined(separator: " ") == path)
        #expect(bad.errors.contains { $0.message.contains(message) }, "\(bad.messages)")
        #expect(bad.objects.isEmpty)
        #expect(bad.failedKeys.count == 1)
    }
}

private func filters(_ filters: String, rest: String = "") -> String { "rules: [{filters: [\(filters)]\(rest)}]" }

private func path(_ value: String, type: String = "PathPrefix") -> String {
    "rules: [{matches: [{path: {type: \(type), value: \"\(value)\"}}]}]"
}

private let service = "{name: s, port: 1}"
private let filterPath = "spec.rules[0].filters[0]"
private let pathValue = "spec.rules[0].matches[0].path.value"
private let header = "{name: a, value: b}"

/// Every CEL rule of the HTTPRoute CRD, experimental channel.
struct HTTPRouteRuleTests {
    static let parents: [RuleCase] = [
        RuleCase(
            "spec.parentRefs[1]", "is a parent already", bad: "parentRefs: [{name: a}, {name: a}]",
            good: "parentRefs: [{name: a}, {name: a, namespace: b}, {name: b}]"),
        RuleCase(
            "spec.parentRefs[1]", "with other fields set", bad: "parentRefs: [{name: a, sectionName: x}, {name: a}]",
            good: "parentRefs: [{name: a, sectionName: x}, {name: a, sectionName: y}]"),
        RuleCase(
            "spec.parentRefs[1]", "with other fields set",
            bad: "parentRefs: [{name: a, port: 80}, {name: a, sectionName: x}]",
            good: "parentRefs: [{name: a, port: 80}, {name: a, port: 81}]"),
        RuleCase(
            "spec.parentRefs[2]", "is a parent already",
            bad: "parentRefs: [{name: a, port: 80, sectionName: x}, {name: a, port: 80, sectionName: y}, "
                + "{name: a, port: 80, sectionName: y}]",
            good: "parentRefs: [{name: a, port: 80, sectionName: x}, {name: a, port: 81, sectionName: x}]"),
        RuleCase(
            "spec.parentRefs[1]", "is a parent already",
            bad: "parentRefs: [{name: a, kind: Service, group: ''}, {name: a, kind: Service, group: ''}]",
            good: "parentRefs: [{name: a}, {name: a, kind: Service, group: ''}]"),
    ]

    static let rules: [RuleCase] = [
        RuleCase(
            "spec.rules", "132 matches",
            bad: "rules: ["
                + Array(repeating: "{matches: [\(Array(repeating: "{}", count: 33).joined(separator: ","))]}", count: 4)
                .joined(separator: ",") + "]",
            good: "rules: ["
                + Array(repeating: "{matches: [\(Array(repeating: "{}", count: 32).joined(separator: ","))]}", count: 4)
                .joined(separator: ",") + "]"),
        RuleCase(
            "spec.rules[2].name", "stands twice", bad: "rules: [{name: a}, {}, {name: a}, {}]",
            good: "rules: [{name: a}, {}, {name: b}, {}]"),
        RuleCase(
            filterPath, "cannot have backendRefs",
            bad: filters("{type: RequestRedirect, requestRedirect: {}}", rest: ", backendRefs: [\(service)]"),
            good: filters("{type: RequestRedirect, requestRedirect: {}}", rest: ", backendRefs: []")),
        RuleCase(
            "spec.rules[0].backendRefs[0]", "needs a port", bad: "rules: [{backendRefs: [{name: s}]}]",
            good: "rules: [{backendRefs: [{name: s, group: g, kind: Service}, {name: s, kind: Other}]}]"),
        RuleCase(
            "spec.rules[0].timeouts.backendRequest", "longer than request",
            bad: "rules: [{timeouts: {request: 1s, backendRequest: 1001ms}}]",
            good:
                "rules: [{timeouts: {request: 1s, backendRequest: 1000ms}}, {timeouts: {request: 0h, backendRequest: 9s}}]"
        ),
        RuleCase(
            "spec.rules[0].sessionPersistence.cookieConfig", "needs an absoluteTimeout",
            bad: "rules: [{sessionPersistence: {cookieConfig: {lifetimeType: Permanent}}}]",
            good: "rules: [{sessionPersistence: {absoluteTimeout: 1h, cookieConfig: {lifetimeType: Permanent}}}]"),
        RuleCase(
            "spec.rules[0].sessionPersistence.cookieConfig", "only for the type Cookie",
            bad: "rules: [{sessionPersistence: {type: Header, cookieConfig: {}}}]",
            good: "rules: [{sessionPersistence: {type: Cookie, cookieConfig: {}}}]"),
    ]

    static let paths: [RuleCase] = [
        RuleCase(pathValue, "does not begin with /", bad: path("a"), good: path("a", type: "RegularExpression")),
        RuleCase(pathValue, "contains //,", bad: path("/a//b"), good: path("/a/b/")),
        RuleCase(pathValue, "contains /./,", bad: path("/a/./b", type: "Exact"), good: path("/a/.b")),
        RuleCase(pathValue, "contains /../,", bad: path("/a/../b"), good: path("/a/..b")),
        RuleCase(pathValue, "contains %2f,", bad: path("/a%2fb"), good: path("/a%20b")),
        RuleCase(pathValue, "contains %2F,", bad: path("/a%2Fb"), good: path("/a%252Fb")),
        RuleCase(pathValue, "contains #,", bad: path("/a#b"), good: path("/a%23b")),
        RuleCase(pathValue, "contains /..,", bad: path("/a/.."), good: path("/a..")),
        RuleCase(pathValue, "contains /.,", bad: path("/a/."), good: path("/a.")),
        RuleCase(pathValue, "is not valid", bad: path("/a b"), good: path("/-._~!$&'()*+,;=:@")),
        RuleCase(pathValue, "is not valid", bad: path("/%zz"), good: path("/%7e")),
        RuleCase(pathValue, "is not valid", bad: path("/é"), good: path("^/é+$", type: "RegularExpression")),
    ]

    static let unions: [RuleCase] = [
        ("RequestHeaderModifier", "requestHeaderModifier", "{}"),
        ("ResponseHeaderModifier", "responseHeaderModifier", "{}"),
        ("RequestMirror", "requestMirror", "{backendRef: \(service)}"), ("RequestRedirect", "requestRedirect", "{}"),
        ("URLRewrite", "urlRewrite", "{}"), ("CORS", "cors", "{}"),
        ("ExtensionRef", "extensionRef", "{group: a, kind: B, name: c}"),
        ("ExternalAuth", "externalAuth", "{protocol: HTTP, http: {}, backendRef: \(service)}"),
    ].flatMap { type, field, value -> [RuleCase] in
        let good = filters("{type: \(type), \(field): \(value)}")
        let other = type == "CORS" ? "{type: URLRewrite, urlRewrite: {}, " : "{type: CORS, cors: {}, "
        return [
            RuleCase(filterPath, "needs \(field)", bad: filters("{type: \(type)}"), good: good),
            RuleCase(
                "\(filterPath).\(field)", "does not belong", bad: filters("\(other)\(field): \(value)}"), good: good),
        ]
    }

    static let filterLists: [RuleCase] =
        [
            RuleCase(
                "spec.rules[0].filters[1]", "together with RequestRedirect",
                bad: filters("{type: RequestRedirect, requestRedirect: {}}, {type: URLRewrite, urlRewrite: {}}"),
                good: filters("{type: CORS, cors: {}}, {type: URLRewrite, urlRewrite: {}}")),
            RuleCase(
                "spec.rules[0].backendRefs[0].filters[1]", "together with RequestRedirect",
                bad: "rules: [{backendRefs: [{name: s, port: 1, filters: "
                    + "[{type: RequestRedirect, requestRedirect: {}}, {type: URLRewrite, urlRewrite: {}}]}]}]",
                good:
                    "rules: [{backendRefs: [{name: s, port: 1, filters: [{type: RequestRedirect, requestRedirect: {}}]}]}]"
            ),
        ]
        + [
            ("CORS", "cors"), ("RequestHeaderModifier", "requestHeaderModifier"),
            ("ResponseHeaderModifier", "responseHeaderModifier"), ("RequestRedirect", "requestRedirect"),
            ("URLRewrite", "urlRewrite"),
        ].map { type, field in
            let filter = "{type: \(type), \(field): {}}"
            return RuleCase(
                "spec.rules[0].filters[1]", "A second \(type)", bad: filters("\(filter), \(filter)"),
                good: filters(filter))
        } + [
            RuleCase(
                "spec.rules[0].filters[0]", "needs requestMirror", bad: filters("{type: RequestMirror}"),
                good: filters(
                    Array(repeating: "{type: RequestMirror, requestMirror: {backendRef: \(service)}}", count: 2)
                        .joined(separator: ", ")))
        ]

    static let pathModifiers: [RuleCase] = [("RequestRedirect", "requestRedirect"), ("URLRewrite", "urlRewrite")]
        .flatMap {
            type, field -> [RuleCase] in
            func filter(_ path: String) -> String { "{type: \(type), \(field): {path: {\(path)}}}" }
            let place = "spec.rules[0].filters[0].\(field).path"
            let prefix = filter("type: ReplacePrefixMatch, replacePrefixMatch: /x")
            let exact = ", matches: [{path: {type: Exact, value: /a}}]"
            let two = ", matches: [{path: {value: /a}}, {path: {value: /b}}]"
            let inBackend = "rules: [{backendRefs: [{name: s, port: 1, filters: [\(prefix)]}]"
            return [
                RuleCase(
                    place, "needs replaceFullPath", bad: filters(filter("type: ReplaceFullPath")),
                    good: filters(filter("type: ReplaceFullPath, replaceFullPath: ''"))),
                RuleCase(
                    place, "needs replacePrefixMatch", bad: filters(filter("type: ReplacePrefixMatch")),
                    good: filters(filter("type: ReplacePrefixMatch, replacePrefixMatch: ''"))),
                RuleCase(
                    "\(place).replacePrefixMatch", "does not belong",
                    bad: filters(filter("type: ReplaceFullPath, replaceFullPath: /a, replacePrefixMatch: /b")),
                    good: filters(filter("type: ReplaceFullPath, replaceFullPath: /a"))),
                RuleCase(
                    "\(place).replaceFullPath", "does not belong",
                    bad: filters(filter("type: ReplacePrefixMatch, replaceFullPath: /a, replacePrefixMatch: /b")),
                    good: filters(prefix)),
                RuleCase(place, "exactly one match", bad: filters(prefix, rest: exact), good: filters(prefix)),
                RuleCase(
                    place, "exactly one match", bad: filters(prefix, rest: two),
                    good: filters(prefix, rest: ", matches: [{path: {value: /a}}]")),
                RuleCase(
                    place, "exactly one match", bad: filters(prefix, rest: ", matches: []"),
                    good: filters(filter("type: ReplaceFullPath, replaceFullPath: /a"), rest: exact)),
                RuleCase(
                    "spec.rules[0].backendRefs[0].filters[0].\(field).path", "exactly one match",
                    bad: inBackend + "\(exact)}]",
                    good: inBackend + "}]"),
            ]
        }

    static let otherFilters: [RuleCase] = [
        RuleCase(
            "\(filterPath).requestMirror", "exclude each other",
            bad: filters(
                "{type: RequestMirror, requestMirror: {backendRef: \(service), percent: 1, fraction: {numerator: 1}}}"),
            good: filters("{type: RequestMirror, requestMirror: {backendRef: \(service), percent: 1}}")),
        RuleCase(
            "\(filterPath).requestMirror.fraction", "more than everything",
            bad: filters("{type: RequestMirror, requestMirror: {backendRef: \(service), fraction: {numerator: 101}}}"),
            good: filters(
                "{type: RequestMirror, requestMirror: {backendRef: \(service), fraction: {numerator: 7, denominator: 7}}}"
            )),
        RuleCase(
            "\(filterPath).requestMirror.backendRef", "needs a port",
            bad: filters("{type: RequestMirror, requestMirror: {backendRef: {name: s}}}"),
            good: filters("{type: RequestMirror, requestMirror: {backendRef: {name: s, kind: Other}}}")),
        RuleCase(
            "\(filterPath).cors.allowOrigins", "next to other values",
            bad: filters("{type: CORS, cors: {allowOrigins: ['*', 'https://a.example']}}"),
            good: filters("{type: CORS, cors: {allowOrigins: ['*']}}")),
        RuleCase(
            "\(filterPath).cors.allowMethods", "next to other values",
            bad: filters("{type: CORS, cors: {allowMethods: [GET, '*']}}"),
            good: filters("{type: CORS, cors: {allowMethods: [GET, POST]}}")),
        RuleCase(
            "\(filterPath).cors.allowHeaders", "next to other values",
            bad: filters("{type: CORS, cors: {allowHeaders: [a, '*']}}"),
            good: filters("{type: CORS, cors: {allowHeaders: ['*']}}")),
        RuleCase(
            "\(filterPath).externalAuth", "needs grpc",
            bad: filters("{type: ExternalAuth, externalAuth: {protocol: GRPC, backendRef: \(service)}}"),
            good: filters("{type: ExternalAuth, externalAuth: {protocol: GRPC, grpc: {}, backendRef: \(service)}}")),
        RuleCase(
            "\(filterPath).externalAuth.grpc", "does not belong",
            bad: filters(
                "{type: ExternalAuth, externalAuth: {protocol: HTTP, http: {}, grpc: {}, backendRef: \(service)}}"),
            good: filters("{type: ExternalAuth, externalAuth: {protocol: HTTP, http: {}, backendRef: \(service)}}")),
        RuleCase(
            "\(filterPath).externalAuth", "needs http",
            bad: filters("{type: ExternalAuth, externalAuth: {protocol: HTTP, backendRef: \(service)}}"),
            good: filters(
                "{type: ExternalAuth, externalAuth: {protocol: HTTP, http: {path: /a}, backendRef: \(service)}}")),
        RuleCase(
            "\(filterPath).externalAuth.http", "does not belong",
            bad: filters(
                "{type: ExternalAuth, externalAuth: {protocol: GRPC, http: {}, grpc: {}, backendRef: \(service)}}"),
            good: filters("{type: ExternalAuth, externalAuth: {protocol: GRPC, grpc: {}, backendRef: \(service)}}")),
        RuleCase(
            "\(filterPath).externalAuth.backendRef", "needs a port",
            bad: filters("{type: ExternalAuth, externalAuth: {protocol: HTTP, http: {}, backendRef: {name: s}}}"),
            good: filters(
                "{type: ExternalAuth, externalAuth: {protocol: HTTP, http: {}, backendRef: {name: s, group: a}}}")),
    ]

    /// Lists in which something may stand only once.
    static let keyedLists: [RuleCase] = [
        RuleCase(
            "spec.rules[0].matches[0].headers[1]", "stands twice",
            bad: "rules: [{matches: [{headers: [\(header), \(header)]}]}]",
            good: "rules: [{matches: [{headers: [\(header), {name: A, value: b}]}]}]"),
        RuleCase(
            "spec.rules[0].matches[0].queryParams[1]", "stands twice",
            bad: "rules: [{matches: [{queryParams: [\(header), \(header)]}]}]",
            good: "rules: [{matches: [{queryParams: [\(header), {name: A, value: b}]}]}]"),
        RuleCase(
            "\(filterPath).requestHeaderModifier.set[1]", "stands twice",
            bad: filters("{type: RequestHeaderModifier, requestHeaderModifier: {set: [\(header), \(header)]}}"),
            good: filters("{type: RequestHeaderModifier, requestHeaderModifier: {set: [\(header)], add: [\(header)]}}")),
        RuleCase(
            "\(filterPath).responseHeaderModifier.add[1]", "stands twice",
            bad: filters("{type: ResponseHeaderModifier, responseHeaderModifier: {add: [\(header), \(header)]}}"),
            good: filters("{type: ResponseHeaderModifier, responseHeaderModifier: {add: [\(header)]}}")),
        RuleCase(
            "\(filterPath).requestHeaderModifier.remove[1]", "stands twice",
            bad: filters("{type: RequestHeaderModifier, requestHeaderModifier: {remove: [a, a]}}"),
            good: filters("{type: RequestHeaderModifier, requestHeaderModifier: {remove: [a, A]}}")),
        RuleCase(
            "\(filterPath).cors.exposeHeaders[1]", "stands twice",
            bad: filters("{type: CORS, cors: {exposeHeaders: [a, a]}}"),
            good: filters("{type: CORS, cors: {exposeHeaders: [a, '*']}}")),
        RuleCase(
            "spec.rules[0].retry.codes[1]", "stands twice", bad: "rules: [{retry: {codes: [500, 500]}}]",
            good: "rules: [{retry: {codes: [500, 501]}}]"),
    ]

    @Test(
        arguments: parents + rules + paths + unions + filterLists + pathModifiers + otherFilters + keyedLists)
    func `a rule of the HTTPRoute CRD is enforced`(rule: RuleCase) {
        rule.check { route(spec: $0) }
    }
}
