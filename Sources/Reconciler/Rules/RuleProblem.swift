import GatewayAPI
import KubernetesTypes

/// Why a rule cannot be served as written. Such a rule is dropped as a whole: doing without the part that is not
/// understood could route requests where they must not go.
struct RuleProblem: Sendable, Hashable {
    /// `UnsupportedValue` or `IncompatibleFilters`.
    var reason: RouteConditionReason
    var finding: Finding
    /// The part that is missing may decide who gets in. Then the rule's matches stay and answer 500, so that its
    /// requests do not fall through to a rule that asks fewer questions.
    var failsClosed: Bool

    static func unsupported(
        _ code: DiagnosticCode, _ path: FieldPath, _ message: String, help: String = "", failsClosed: Bool = false
    ) -> RuleProblem {
        RuleProblem(
            reason: .unsupportedValue, finding: Finding(code, path, message, help: help), failsClosed: failsClosed)
    }

    static func incompatible(
        _ code: DiagnosticCode, _ path: FieldPath, _ message: String, help: String = ""
    ) -> RuleProblem {
        RuleProblem(
            reason: .incompatibleFilters, finding: Finding(code, path, message, help: help), failsClosed: false)
    }
}

/// A reference to a backend that cannot be used: why `ResolvedRefs` is False.
struct UnresolvedReference: Sendable, Hashable {
    var reason: RouteConditionReason
    var finding: Finding
}

/// Collects what there is to say about a rule while it is translated.
struct RuleFindings {
    var problems: [RuleProblem] = []
    /// Things that are served, but not as their author may expect.
    var notes: [Finding] = []
    /// References of backendRefs and filters that cannot be used.
    var unresolved: [UnresolvedReference] = []
    /// What the rule's references lead to, also where it cannot be used.
    var targets: Set<BackendTarget> = []
}
