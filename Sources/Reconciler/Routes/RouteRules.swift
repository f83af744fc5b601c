import GatewayAPI
import KubernetesTypes
import Routing

/// All rules of a route, and what their problems mean for its conditions.
struct RouteRules {
    private let rules: [RuleTranslation]

    init(_ route: RequestRoute, backends: BackendResolution) {
        rules = route.rules.enumerated().map { RuleTranslation($1, index: $0, route: route, backends: backends) }
    }

    /// The rules to serve. When all of these are guards the route is not accepted, and they are served all the same:
    /// what they guard must not become reachable through other routes.
    var configurations: [RuleConfiguration] { rules.compactMap(\.configuration) }

    var findings: [Finding] {
        rules.map(\.findings).flatMap {
            $0.problems.map(\.finding) + $0.notes.map(\.asWarning) + $0.unresolved.map(\.finding)
        }
    }

    /// What the references lead to, also where it cannot be used. Sorted.
    var targets: [BackendTarget] {
        rules.reduce(into: Set()) { $0.formUnion($1.findings.targets) }.sorted()
    }

    /// Why the route is not accepted: none of its rules can be served.
    var refusal: (reason: RouteConditionReason, message: String)? {
        guard !rules.isEmpty, !rules.contains(where: \.isServed) else { return nil }
        return (reason, "No rule can be served. \(droppedRules)")
    }

    /// Set when some of the rules, but not all, cannot be served.
    var partialInvalidity: (reason: RouteConditionReason, message: String)? {
        guard refusal == nil, rules.contains(where: { !$0.isServed }) else { return nil }
        return (reason, droppedRules)
    }

    private var reason: RouteConditionReason {
        let reasons = rules.flatMap(\.findings.problems).map(\.reason)
        return reasons.allSatisfy { $0 == .incompatibleFilters } ? .incompatibleFilters : .unsupportedValue
    }

    /// "Dropped Rule" is how the API wants such messages to begin.
    private var droppedRules: String {
        rules.enumerated().filter { !$1.isServed }.map { index, rule in
            let answer = rule.configuration == nil ? "" : " (its requests are answered with 500)"
            return
                "Dropped Rule \(index)\(answer): \(rule.findings.problems.map(\.finding.text).joined(separator: " "))"
        }
        .joined(separator: " ")
    }

    /// Why `ResolvedRefs` is False: the reason of the first reference that cannot be used, and what all of them lack.
    var unresolved: (reason: RouteConditionReason, message: String)? {
        let references = rules.flatMap(\.findings.unresolved)
        guard let first = references.first else { return nil }
        var messages: [String] = []
        for reference in references where !messages.contains(reference.finding.text) {
            messages.append(reference.finding.text)
        }
        return (first.reason, messages.joined(separator: " "))
    }
}
