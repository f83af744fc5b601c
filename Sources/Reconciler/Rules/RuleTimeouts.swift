import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `timeouts` of a rule.
enum RuleTimeoutsTranslation {
    static func translate(
        _ timeouts: HTTPRouteTimeouts?, at path: FieldPath, _ findings: inout RuleFindings
    ) -> RuleTimeouts {
        let (request, backendRequest) = (limit(timeouts?.request), limit(timeouts?.backendRequest))
        if let request, let backendRequest, backendRequest > request {
            findings.problems.append(
                .unsupported(
                    .attemptLongerThanRequest, path.field("backendRequest"),
                    "An attempt may take \(backendRequest), longer than the \(request) of the whole request.",
                    help: "Make backendRequest at most as long as request."))
        }
        return RuleTimeouts(request: request?.duration, backendRequest: backendRequest?.duration)
    }

    /// Zero switches a timeout off (GEP-1742).
    private static func limit(_ duration: GatewayDuration?) -> GatewayDuration? {
        duration?.isZero == true ? nil : duration
    }
}
