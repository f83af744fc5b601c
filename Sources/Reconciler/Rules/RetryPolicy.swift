import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `retry` of a rule.
enum RetryPolicyTranslation {
    static func translate(
        _ retry: HTTPRouteRetry, at path: FieldPath, _ findings: inout RuleFindings
    ) -> RetryPolicy? {
        var policy = RetryPolicy()
        for (index, code) in retry.codes.enumerated() {
            guard let code = UInt16(exactly: code), (400...599).contains(code) else {
                findings.problems.append(
                    .unsupported(
                        .retryCode, path.field("codes").index(index), "\(code) is not a status that can be retried on.",
                        help: "Write one from 400 to 599."))
                return nil
            }
            policy.codes.insert(code)
        }
        if let attempts = retry.attempts {
            guard attempts >= 1 else {
                findings.problems.append(
                    .unsupported(
                        .retryAttempts, path.field("attempts"), "A request cannot be retried \(attempts) times.",
                        help: "Write at least 1, or remove retry."))
                return nil
            }
            policy.attempts = UInt32(clamping: attempts)
        }
        if let backoff = retry.backoff { policy.backoff = backoff.duration }
        return policy
    }
}
