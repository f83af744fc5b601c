import GatewayAPI
import KubernetesTypes
import Routing

/// What filters and backendRefs of a rule are translated with.
struct FilterContext {
    /// Of the rule; none for GRPCRoutes, whose filters do not depend on them.
    var matches: [HTTPRouteMatch]
    /// Of the route.
    var kind: RouteKind
    var namespace: String
    var backends: BackendResolution

    /// nil when the reference cannot be used; then `findings` say why.
    func resolve(
        _ reference: BackendObjectReference, at path: FieldPath, _ findings: inout RuleFindings
    ) -> BackendID? {
        let resolved = backends.resolve(reference, from: BackendReferrer(kind: kind, namespace: namespace), at: path)
        if let target = resolved.target { findings.targets.insert(target) }
        switch resolved.result {
        case .backend(let id): return id
        case .invalid(let problem):
            findings.unresolved.append(problem)
            return nil
        }
    }
}
