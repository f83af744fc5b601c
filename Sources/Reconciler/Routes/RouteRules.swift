import GatewayAPI
import KubernetesTypes
import Routing

/// All rules of a route, and what their problems mean for its conditions.
struct RouteRules {
    private let rules: [RuleTranslation]

    init(_ rules: [RuleTranslation]) {
        self.rules = rules
    }

    func translation(_ configuration: RouteEvaluation.Configuration) -> RouteTranslation {
        RouteTranslation(
            configuration: configuration, backends: Set(configurations.flatMap(\.backends)).sorted(), targets: targets,
            findings: findings, refusal: refusal, partialInvalidity: partialInvalidity, unresolved: unresolved,
            hasRules: !configurations.isEmpty)
    }

    /// The rules to serve. When all of these are guards the route is not accepted, and they are served all the same:
    /// what they guard must not become reachable through other routes.
    var configurations: [RuleConfiguration] { rules.compactMap(\.configuration) }

    private var findings: [Finding] {
        rules.map(\.findings).flatMap {
            $0.problems.map(\.finding) + $0.notes.map(\.asWarning) + $0.unresolved.map(\.finding)
        }
    }

    private var targets: [BackendTarget] {
        rules.reduce(into: Set()) { $0.formUnion($1.findings.targets) }.sorted()
    }

    private var refusal: RouteTranslation.Reason? {
        guard !rules.isEmpty, !rules.contains(where: \.isServed) else { return nil }
        return (reason, "No rule can be served. \(droppedRules)")
    }

    private var partialInvalidity: RouteTranslation.Reason? {
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

    private var unresolved: RouteTranslation.Reason? { rules.flatMap(\.findings.unresolved).reason }
}

extension [UnresolvedReference] {
    /// Why `ResolvedRefs` is False: the reason of the first reference that cannot be used, and what all of them lack.
    var reason: RouteTranslation.Reason? {
        guard let first else { return nil }
        var messages: [String] = []
        for reference in self where !messages.contains(reference.finding.text) {
            messages.append(reference.finding.text)
        }
        return (first.reason, messages.joined(separator: " "))
    }
}
