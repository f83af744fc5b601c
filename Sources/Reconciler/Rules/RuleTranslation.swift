import GatewayAPI
import KubernetesTypes
import Routing

/// What becomes of one rule of an HTTPRoute or GRPCRoute.
struct RuleTranslation {
    /// nil when the rule is dropped without a trace.
    private(set) var configuration: RuleConfiguration?
    /// When there are problems the rule is not served as written; then `configuration` can only be a guard that
    /// answers 500.
    let findings: RuleFindings

    var isServed: Bool { findings.problems.isEmpty }

    /// - Parameters:
    ///   - index: in `spec.rules`.
    ///   - kind: of the route.
    ///   - route: the name of the route.
    init(
        _ requestRule: RequestRule, index: Int, of kind: RouteKind, route: ObjectName,
        backends resolution: BackendResolution
    ) {
        let path = FieldPath("spec.rules").index(index)
        var findings = RuleFindings()
        let matches = RequestMatches.translate(requestRule, at: path.field("matches"), &findings)
        let rule = requestRule.rule
        let context = FilterContext(
            matches: rule.matches, kind: kind, namespace: route.namespace, backends: resolution)
        let filters = FilterList(rule.filters, .rule, context, at: path.field("filters"), &findings)
        let timeouts = RuleTimeoutsTranslation.translate(rule.timeouts, at: path.field("timeouts"), &findings)
        let retry = rule.retry.flatMap { RetryPolicyTranslation.translate($0, at: path.field("retry"), &findings) }
        let scope = SessionScope(kind: kind, route: route, rule: rule, index: index)
        var backends = Self.backends(of: rule, context, at: path.field("backendRefs"), &findings)
        SessionPersistenceTranslation.apply(
            rule.sessionPersistence, to: &backends, scope, matches: matches ?? [], resolution.policies, at: path,
            &findings)
        self.findings = findings

        guard let matches else { return }
        if findings.problems.isEmpty {
            configuration = RuleConfiguration(
                index: index, name: rule.name, matches: matches, filters: filters.filters, timeouts: timeouts,
                retry: retry, action: Self.action(redirect: filters.redirect, backends))
        } else if findings.problems.contains(where: \.failsClosed) {
            configuration = RuleConfiguration(
                index: index, name: rule.name, matches: matches, action: .respond(status: 500))
        }
    }

    /// - Parameter path: of `backendRefs`.
    private static func backends(
        of rule: HTTPRouteRule, _ context: FilterContext, at path: FieldPath, _ findings: inout RuleFindings
    ) -> [WeightedBackend] {
        rule.backendRefs.enumerated().map { position, reference in
            let path = path.index(position)
            let own = FilterList(reference.filters, .backend, context, at: path.field("filters"), &findings)
            let id = context.resolve(reference.reference, at: path, &findings)
            return WeightedBackend(
                weight: UInt32(clamping: reference.weight),
                destination: id.map { .backend($0) } ?? .invalid, filters: own.filters)
        }
    }

    private static func action(redirect: RequestRedirect?, _ backends: [WeightedBackend]) -> RuleAction {
        if let redirect { return .redirect(redirect) }
        // Without backends, or with nothing but weights of 0, there is nobody to ask (CRD field text of backendRefs).
        return backends.contains { $0.weight > 0 } ? .forward(backends) : .respond(status: 500)
    }
}
