import KubernetesTypes
import Manifests
import Testing

/// The rules of TLSRoutes, TCPRoutes and UDPRoutes.
struct L4RouteRuleTests {
    private static let rules = "rules: [{backendRefs: [{name: s, port: 1}]}]"

    private static func manifest(_ kind: String, spec: String) -> String {
        "apiVersion: gateway.networking.k8s.io/v1\nkind: \(kind)\nmetadata: {name: r}\nspec: {\(spec)}"
    }

    static let shared: [RuleCase] = [
        RuleCase("spec.rules", "is missing", bad: "parentRefs: [{name: a}]", good: rules),
        RuleCase("spec.rules", "at least 1", bad: "rules: []", good: rules),
        RuleCase(
            "spec.rules", "at most 1",
            bad: "rules: [{backendRefs: [{name: s, port: 1}]}, {backendRefs: [{name: s, port: 1}]}]",
            good: rules),
        RuleCase("spec.rules[0].backendRefs", "is missing", bad: "rules: [{name: a}]", good: rules),
        RuleCase("spec.rules[0].backendRefs", "at least 1", bad: "rules: [{backendRefs: []}]", good: rules),
        RuleCase(
            "spec.rules[0].backendRefs[0]", "needs a port", bad: "rules: [{backendRefs: [{name: s}]}]",
            good: "rules: [{backendRefs: [{name: s, kind: Other}]}]"),
        RuleCase(
            "spec.rules[0].backendRefs[0].weight", "outside of",
            bad: "rules: [{backendRefs: [{name: s, port: 1, weight: -1}]}]",
            good: "rules: [{backendRefs: [{name: s, port: 1, weight: 0}]}]"),
        RuleCase(
            "spec.parentRefs[1]", "is a parent already", bad: "parentRefs: [{name: a}, {name: a}], \(rules)",
            good: "parentRefs: [{name: a, port: 1}, {name: a, port: 2}], \(rules)"),
        RuleCase(
            "spec.parentRefs[1]", "is a parent already",
            bad: "parentRefs: [{name: a, sectionName: b}, {name: a, port: 2}], \(rules)",
            good: "parentRefs: [{name: a, sectionName: b}, {name: a, sectionName: c}], \(rules)"),
    ]

    @Test(arguments: ["TLSRoute", "TCPRoute", "UDPRoute"], shared)
    func `the rules of all three kinds are those of the CRDs`(kind: String, rule: RuleCase) {
        rule.check { Self.manifest(kind, spec: kind == "TLSRoute" ? "hostnames: [a.example], \($0)" : $0) }
    }

    static let hostnames: [RuleCase] = [
        RuleCase("spec.hostnames", "is missing", bad: rules, good: "hostnames: [a.example], \(rules)"),
        RuleCase("spec.hostnames", "at least 1", bad: "hostnames: [], \(rules)", good: "hostnames: ['*.a'], \(rules)"),
        RuleCase(
            "spec.hostnames[1]", "is an IP address", bad: "hostnames: [a.example, 10.0.0.1], \(rules)",
            good: "hostnames: [a.example, 10.0.0.1.example], \(rules)"),
        RuleCase(
            "spec.hostnames[0]", "is not valid", bad: "hostnames: ['a.*.example'], \(rules)",
            good: "hostnames: ['*.a.example'], \(rules)"),
        RuleCase(
            "spec.hostnames[0]", "is not valid", bad: "hostnames: [A.example], \(rules)",
            good: "hostnames: [a.example], \(rules)"),
        RuleCase(
            "spec.hostnames[0]", "is not valid", bad: "hostnames: ['2001:db8::1'], \(rules)",
            good: "hostnames: [a.example], \(rules)"),
    ]

    @Test(arguments: hostnames)
    func `the hostnames of a TLSRoute are those of the CRD`(rule: RuleCase) {
        rule.check { Self.manifest("TLSRoute", spec: $0) }
    }

    @Test(arguments: ["TCPRoute", "UDPRoute"])
    func `the other kinds have no hostnames`(kind: String) {
        let decoded = decode(Self.manifest(kind, spec: "hostnames: [a.example], \(Self.rules)"))
        #expect(decoded.warnings.map(\.fieldPath.description) == ["spec.hostnames"])
        #expect(decoded.objects.count == 1)
    }
}
