import KubernetesTypes
import Manifests
import Testing

struct GRPCRouteRuleTests {
    private static func manifest(_ spec: String) -> String {
        "apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: {name: r}\nspec: {\(spec)}"
    }

    private static func method(_ fields: String) -> String { "rules: [{matches: [{method: {\(fields)}}]}]" }

    private static func matches(_ count: Int, inRules rules: Int) -> String {
        let rule = "{matches: [\(Array(repeating: "{}", count: count).joined(separator: ","))]}"
        return "rules: [\(Array(repeating: rule, count: rules).joined(separator: ","))]"
    }

    private static let methodPath = "spec.rules[0].matches[0].method"

    static let rules: [RuleCase] = [
        RuleCase("spec.rules", "132 matches", bad: matches(33, inRules: 4), good: matches(32, inRules: 4)),
        RuleCase(
            "spec.rules[1].name", "stands twice", bad: "rules: [{name: a}, {name: a}]", good: "rules: [{name: a}, {}]"),
        RuleCase(methodPath, "needs a service", bad: method(""), good: method("service: a")),
        RuleCase(methodPath, "needs a service", bad: method("type: RegularExpression"), good: method("method: a")),
        RuleCase(
            "\(methodPath).service", "is not valid", bad: method("service: a.1b"), good: method("service: .a.B_1._c")),
        RuleCase(
            "\(methodPath).service", "is not valid", bad: method("service: a..b"),
            good: method("type: RegularExpression, service: a..b")),
        RuleCase("\(methodPath).service", "is not valid", bad: method("service: ''"), good: method("service: _")),
        RuleCase("\(methodPath).method", "is not valid", bad: method("method: a.b"), good: method("method: _A1")),
        RuleCase("\(methodPath).method", "is not valid", bad: method("method: 1a"), good: method("method: a1")),
        RuleCase(
            "spec.rules[0].backendRefs[0]", "needs a port", bad: "rules: [{backendRefs: [{name: s}]}]",
            good: "rules: [{backendRefs: [{name: s, port: 1}]}]"),
        RuleCase(
            "spec.rules[0].sessionPersistence.cookieConfig", "only for the type Cookie",
            bad: "rules: [{sessionPersistence: {type: Header, cookieConfig: {}}}]",
            good: "rules: [{sessionPersistence: {cookieConfig: {}}}]"),
        RuleCase(
            "spec.parentRefs[1]", "is a parent already", bad: "parentRefs: [{name: a}, {name: a}]",
            good: "parentRefs: [{name: a}, {name: b}]"),
    ]

    static let filters: [RuleCase] = [
        ("RequestHeaderModifier", "requestHeaderModifier", "{}"),
        ("ResponseHeaderModifier", "responseHeaderModifier", "{}"),
        ("RequestMirror", "requestMirror", "{backendRef: {name: s, port: 1}}"),
        ("ExtensionRef", "extensionRef", "{group: a, kind: B, name: c}"),
    ].flatMap { type, field, value -> [RuleCase] in
        let good = "rules: [{filters: [{type: \(type), \(field): \(value)}]}]"
        let other =
            type == "ExtensionRef"
            ? "type: RequestHeaderModifier, requestHeaderModifier: {}"
            : "type: ExtensionRef, extensionRef: {group: a, kind: B, name: c}"
        return [
            RuleCase(
                "spec.rules[0].filters[0]", "needs \(field)", bad: "rules: [{filters: [{type: \(type)}]}]", good: good),
            RuleCase(
                "spec.rules[0].filters[0].\(field)", "does not belong",
                bad: "rules: [{filters: [{\(other), \(field): \(value)}]}]", good: good),
        ]
    }

    static let filterLists: [RuleCase] = ["RequestHeaderModifier", "ResponseHeaderModifier"].flatMap { type in
        let field = type.prefix(1).lowercased() + type.dropFirst()
        let filter = "{type: \(type), \(field): {}}"
        return [
            RuleCase(
                "spec.rules[0].filters[1]", "A second \(type)", bad: "rules: [{filters: [\(filter), \(filter)]}]",
                good: "rules: [{filters: [\(filter)]}]"),
            RuleCase(
                "spec.rules[0].backendRefs[0].filters[1]", "A second \(type)",
                bad: "rules: [{backendRefs: [{name: s, port: 1, filters: [\(filter), \(filter)]}]}]",
                good: "rules: [{backendRefs: [{name: s, port: 1, filters: [\(filter)]}]}]"),
        ]
    }

    @Test(arguments: rules + filters + filterLists)
    func `the rules are those of the CRD`(rule: RuleCase) {
        rule.check(Self.manifest)
    }

    @Test func `filters of HTTPRoutes that calls cannot have are refused`() {
        let decoded = decode(Self.manifest("rules: [{filters: [{type: URLRewrite, urlRewrite: {}}]}]"))
        #expect(decoded.errors.map(\.fieldPath.description) == ["spec.rules[0].filters[0].type"])
    }
}
