import GatewayAPI
import KubernetesTypes
import Routing

/// What becomes of one rule of an HTTPRoute.
struct RuleTranslation {
    /// nil when the rule is dropped without a trace.
    var configuration: RuleConfiguration?
    /// Why the rule is not served as written. Then `configuration` can only be a guard that answers 500.
    var problems: [RuleProblem]
    var notes: [Finding]
    /// backendRefs that cannot be used, in their order.
    var unresolved: [UnresolvedReference] = []

    struct UnresolvedReference {
        var reason: RouteConditionReason
        var finding: Finding
    }

    init(_ rule: HTTPRouteRule, index: Int, namespace: String, services: ServiceResolution) {
        let path = FieldPath("spec.rules").index(index)
        var findings = RuleFindings()
        let matches = RequestMatches.translate(rule.matches, at: path.field("matches"), &findings)
        let filters = FilterList(rule.filters, .rule, matches: rule.matches, at: path.field("filters"), &findings)
        findings.problems += UnservedFields.problems(of: rule, at: path)

        var backends: [WeightedBackend] = []
        for (position, reference) in rule.backendRefs.enumerated() {
            let path = path.field("backendRefs").index(position)
            let own = FilterList(
                reference.filters, .backend, matches: rule.matches, at: path.field("filters"), &findings)
            let destination: WeightedBackend.Destination
            switch services.resolve(reference.reference, from: namespace, at: path) {
            case .backend(let id): destination = .backend(id)
            case .invalid(let reason, let finding):
                unresolved.append(UnresolvedReference(reason: reason, finding: finding))
                destination = .invalid
            }
            let weight = UInt32(clamping: reference.weight)
            backends.append(WeightedBackend(weight: weight, destination: destination, filters: own.filters))
        }
        problems = findings.problems
        notes = findings.notes

        guard let matches else { return }
        if problems.isEmpty {
            configuration = RuleConfiguration(
                index: index, name: rule.name, matches: matches, filters: filters.filters,
                action: Self.action(redirect: filters.redirect, backends))
        } else if problems.contains(where: \.failsClosed) {
            configuration = RuleConfiguration(
                index: index, name: rule.name, matches: matches, action: .respond(status: 500))
        }
    }

    private static func action(redirect: RequestRedirect?, _ backends: [WeightedBackend]) -> RuleAction {
        if let redirect { return .redirect(redirect) }
        // Without backends, or with nothing but weights of 0, there is nobody to ask (CRD field text of backendRefs).
        return backends.contains { $0.weight > 0 } ? .forward(backends) : .respond(status: 500)
    }
}
