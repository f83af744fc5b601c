import GatewayAPI
import KubernetesTypes

/// Weights of TLSRoutes, TCPRoutes and UDPRoutes that cannot be meant.
enum StreamWeightLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        context.routes.flatMap { route -> [Diagnostic] in
            guard let rule = (route.route.gatewayRoute as? any L4Route)?.rules.first else { return [] }
            return [allZero(rule, of: route)].compactMap(\.self) + repetitions(rule, of: route)
        }
    }

    private static let path = FieldPath("spec.rules").index(0).field("backendRefs")

    private static func allZero(_ rule: L4RouteRule, of route: RouteEvaluation) -> Diagnostic? {
        guard !rule.backendRefs.isEmpty, rule.backendRefs.allSatisfy({ $0.weight == 0 }) else { return nil }
        let subject = rule.backendRefs.count == 1 ? "The only backendRef" : "Every backendRef"
        let consequence = route.kind == .udp ? "datagram is dropped" : "connection is refused"
        return Diagnostic(
            object: route.key, code: .allWeightsZero, severity: .warning, path: path.index(0).field("weight"),
            message: "\(subject) has weight 0: every \(consequence).",
            help: "Give at least one backendRef a weight, or leave weight out, which means 1.")
    }

    private static func repetitions(_ rule: L4RouteRule, of route: RouteEvaluation) -> [Diagnostic] {
        var seen: [BackendObjectReference: Int] = [:]
        var result: [Diagnostic] = []
        for (index, reference) in rule.backendRefs.enumerated() {
            guard let first = seen[reference.reference] else {
                seen[reference.reference] = index
                continue
            }
            result.append(
                Diagnostic(
                    object: route.key, code: .backendTwice, severity: .warning,
                    path: path.index(index).field("name"),
                    message: "backendRefs[\(index)] is the backend of backendRefs[\(first)] again: their shares go to "
                        + "one Service.",
                    help: "Name the other Service, or add the weights up."))
        }
        return result
    }
}
