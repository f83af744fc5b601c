import GatewayAPI
import KubernetesTypes

/// Rules that nobody answers. Most come from a dash too many: matches, filters and backendRefs that were meant as one rule
/// became a rule each.
enum BackendLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        let rules = context.rules
        var result: [Diagnostic] = []
        for (position, rule) in rules.enumerated() {
            let following = position + 1 < rules.count ? rules[position + 1] : nil
            let next = following?.route.key == rule.route.key ? following : nil
            let previous = rule.index > 0 ? rules[position - 1] : nil
            if rule.isUnanswered {
                result.append(
                    rule.rule.filters.isEmpty || rule.hasMatches ? unanswered(rule, next) : filtersAlone(rule))
            } else if rule.hasOnlyBackends, let previous, previous.isUnanswered {
                result.append(backendsAlone(rule))
            }
        }
        return result
    }

    private static func unanswered(_ rule: LintRule, _ next: LintRule?) -> Diagnostic {
        let isContinued = next.map { !$0.hasMatches } ?? false
        return rule.warning(
            .ruleWithoutBackends, at: rule.path,
            "\(rule.name) has no backendRefs\(rule.grpcMatches == nil ? " and no redirect" : ""): every request that it takes "
                + "is answered with \(rule.refusal).",
            help: isContinued
                ? "If the list item after it belongs to it, take the dash there away; otherwise add backendRefs."
                : rule.grpcMatches == nil ? "Add backendRefs, or a RequestRedirect filter." : "Add backendRefs.")
    }

    private static func filtersAlone(_ rule: LintRule) -> Diagnostic {
        let types = Wording.list(rule.rule.filters.map(\.type.rawValue))
        return rule.warning(
            .filtersAlone, at: rule.path.field("filters"),
            "\(rule.name) is nothing but a filter (\(types)): it changes no request of another rule, takes every request "
                + "that the others leave, and answers it with \(rule.refusal).",
            help: "Filters belong into the rule whose requests they change, next to its matches and backendRefs: take "
                + "the dash in front of `filters` away.")
    }

    private static func backendsAlone(_ rule: LintRule) -> Diagnostic {
        rule.warning(
            .backendsAlone, at: rule.path.field("backendRefs"),
            "\(rule.name) is nothing but backendRefs: the matches and filters of the rules before it are not its own, so "
                + "it stands for every path, and forwards requests as they are.",
            help: "If it belongs to the rule before it, take the dash in front of `backendRefs` away.")
    }
}

extension LintRule {
    fileprivate var isUnanswered: Bool { rule.backendRefs.isEmpty && !answersItself }

    fileprivate var hasOnlyBackends: Bool { !rule.backendRefs.isEmpty && rule.filters.isEmpty && !hasMatches }
}
