import GatewayAPI
import KubernetesTypes

/// What is to be said about a policy at one ancestor.
struct PolicyVerdict {
    var accepted: (reason: PolicyConditionReason, message: String) = (.accepted, "The policy is in effect.")
    /// nil for policies that have no references.
    var resolvedRefs: (reason: PolicyConditionReason, message: String)?
    var findings: [Finding] = []

    mutating func refuse(_ reason: PolicyConditionReason, _ finding: Finding) {
        accepted = (reason, finding.text)
        findings.append(finding)
    }

    func conditions(observedGeneration: Int64?) -> [Condition] {
        var conditions = [
            Condition(
                PolicyConditionType.accepted, accepted.reason == .accepted ? .true : .false, accepted.reason,
                message: accepted.message, observedGeneration: observedGeneration)
        ]
        if let resolvedRefs {
            conditions.append(
                Condition(
                    PolicyConditionType.resolvedRefs, resolvedRefs.reason == .resolvedRefs ? .true : .false,
                    resolvedRefs.reason, message: resolvedRefs.message, observedGeneration: observedGeneration))
        }
        return conditions
    }
}
