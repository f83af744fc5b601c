import GatewayAPI
import KubernetesTypes
import Routing

/// What an XBackendTrafficPolicy asks for.
struct TrafficPolicyEvaluation: Sendable {
    let policy: Stored<XBackendTrafficPolicy>
    /// nil when there is none, or the policy is invalid.
    let session: SessionPersistence?
    /// nil when there is none, or the policy is invalid.
    let retryBudget: RetryBudget?
    /// Why the policy is invalid.
    let problem: Finding?

    init(_ policy: Stored<XBackendTrafficPolicy>) {
        let spec = policy.object.spec
        let path = FieldPath("spec")
        let sessionProblem = spec.sessionPersistence.flatMap {
            SessionPersistenceTranslation.problem(of: $0, at: path.field("sessionPersistence"))
        }
        let problem =
            sessionProblem
            ?? spec.retryConstraint.flatMap { Self.problem(of: $0, at: path.field("retryConstraint")) }
        self.policy = policy
        self.problem = problem
        session = problem == nil ? spec.sessionPersistence : nil
        retryBudget = problem == nil ? spec.retryConstraint.map(Self.budget) : nil
    }

    private static func budget(_ constraint: RetryConstraint) -> RetryBudget {
        let absent = RetryBudget()
        return RetryBudget(
            percent: UInt32(clamping: constraint.budget.percent), interval: constraint.budget.interval.duration,
            minimumCount: constraint.minRetryRate.count.map { UInt32(clamping: $0) } ?? absent.minimumCount,
            minimumInterval: constraint.minRetryRate.interval?.duration ?? absent.minimumInterval)
    }

    private static func problem(of constraint: RetryConstraint, at path: FieldPath) -> Finding? {
        let (budget, rate) = (constraint.budget, constraint.minRetryRate)
        if !(0...100).contains(budget.percent) {
            return Finding(
                .retryBudget, path.field("budget").field("percent"), "\(budget.percent) is not a percentage.",
                help: "Write 0 to 100.")
        }
        if !(Duration.seconds(1)...Duration.seconds(3600)).contains(budget.interval.duration) {
            return Finding(
                .retryBudget, path.field("budget").field("interval"),
                "A retry budget cannot be counted over \(budget.interval).", help: "Write 1s to 1h.")
        }
        if let count = rate.count, count < 1 {
            return Finding(
                .retryBudget, path.field("minRetryRate").field("count"), "\(count) is not a number of retries.",
                help: "Write at least 1.")
        }
        if let interval = rate.interval, interval.isZero || interval.duration > .seconds(3600) {
            return Finding(
                .retryBudget, path.field("minRetryRate").field("interval"),
                "Retries cannot be counted over \(interval).", help: "Write more than zero, at most 1h.")
        }
        return nil
    }
}
