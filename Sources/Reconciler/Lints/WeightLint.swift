import GatewayAPI
import KubernetesTypes

/// Weights that cannot be meant.
enum WeightLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        context.rules.flatMap { rule in [allZero(rule)].compactMap(\.self) + repetitions(rule) }
    }

    private static func allZero(_ rule: LintRule) -> Diagnostic? {
        let references = rule.rule.backendRefs
        guard !references.isEmpty, references.allSatisfy({ $0.weight == 0 }) else { return nil }
        let subject = references.count == 1 ? "The only backendRef" : "Every backendRef"
        return rule.warning(
            .allWeightsZero, at: rule.path.field("backendRefs").index(0).field("weight"),
            "\(subject) of \(rule.name) has weight 0: every request that the rule takes is answered with "
                + "\(rule.refusal).",
            help: "Give at least one backendRef a weight, or leave weight out, which means 1.")
    }

    /// One backend twice, without filters that would tell the two apart.
    private static func repetitions(_ rule: LintRule) -> [Diagnostic] {
        var seen: [BackendKey: Int] = [:]
        var result: [Diagnostic] = []
        for (index, reference) in rule.rule.backendRefs.enumerated() {
            let key = BackendKey(reference: reference.reference, filters: reference.filters)
            guard let first = seen[key] else {
                seen[key] = index
                continue
            }
            result.append(
                rule.warning(
                    .backendTwice, at: rule.path.field("backendRefs").index(index).field("name"),
                    "backendRefs[\(index)] is the backend of backendRefs[\(first)] again: their shares go to one Service.",
                    help: "Name the other Service, or add the weights up."))
        }
        return result
    }

    private struct BackendKey: Hashable {
        var reference: BackendObjectReference
        var filters: [HTTPRouteFilter]
    }
}
