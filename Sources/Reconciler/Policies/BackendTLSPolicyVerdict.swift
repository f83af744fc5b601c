import GatewayAPI
import KubernetesTypes
import Routing

/// Judges BackendTLSPolicies (GEP-1897).
struct BackendTLSPolicyVerdict {
    let tls: BackendTLSResolution

    private var state: ClusterState { tls.state }
    private var index: PolicyIndex { tls.policies }

    /// - Parameter targets: those of the policy's targets that the ancestor reaches; not empty.
    func verdict(_ policy: Stored<BackendTLSPolicy>, targets: [Target]) -> PolicyVerdict {
        var verdict = PolicyVerdict()
        addValidation(of: policy, to: &verdict)
        // What is nearer to the target is said last and stays.
        let problems = targets.map { ($0, problem(of: $0)) }
        if let (_, problem) = problems.first, let problem, problems.allSatisfy({ $1 != nil }) {
            verdict.refuse(problem.reason, problem.finding)
        }
        let losses = targets.compactMap { loss(of: policy, $0) }
        if losses.count == targets.count, let first = losses.first {
            verdict.refuse(.conflicted, first)
        } else {
            verdict.findings += losses
        }
        return verdict
    }

    typealias Target = (service: ObjectName, section: String?, index: Int)

    // MARK: Targets

    private func loss(of policy: Stored<BackendTLSPolicy>, _ target: Target) -> Finding? {
        guard let winner = index.tlsWinner(for: target.service, section: target.section), winner.name != policy.name
        else { return nil }
        let port = target.section.map { "port \($0) of " } ?? ""
        return Finding(
            .policyConflicted, FieldPath("spec.targetRefs").index(target.index),
            "BackendTLSPolicy \(winner.name) is for \(port)Service \(target.service) already, and comes first.",
            help: "The older policy wins, then the one whose name comes first. Remove one of the two.")
    }

    private func problem(of target: Target) -> (reason: PolicyConditionReason, finding: Finding)? {
        let path = FieldPath("spec.targetRefs").index(target.index)
        guard let service = state.services[target.service] else {
            return (
                .targetNotFound,
                Finding(
                    .policyTargetMissing, path.field("name"), "Service \(target.service) does not exist.",
                    help: "Create it, or correct the name.")
            )
        }
        let ports = service.spec.ports.filter { target.section == nil || $0.name == target.section }
        if let section = target.section, ports.isEmpty {
            let names = service.spec.ports.map(\.name).filter { !$0.isEmpty }
            return (
                .targetNotFound,
                Finding(
                    .policyTargetMissing, path.field("sectionName"),
                    "Service \(target.service) has no port named \(section).",
                    help: names.isEmpty ? "Its ports have no names." : "It has \(Wording.list(names)).")
            )
        }
        if !ports.isEmpty, !ports.contains(where: { $0.protocol == .tcp }) {
            return (
                .invalid,
                Finding(
                    .policyWithoutTCP, path, "There is no TCP port among those that the policy is for.",
                    help: "TLS needs TCP.")
            )
        }
        return nil
    }

    // MARK: Validation

    private func addValidation(of policy: Stored<BackendTLSPolicy>, to verdict: inout PolicyVerdict) {
        let translation = tls.translation(of: policy)
        verdict.findings += translation.notes
        let failures = translation.failures
        if let first = failures.first {
            let text = failures.map(\.finding.text).joined(separator: " ")
            verdict.resolvedRefs = (first.reason, text)
            verdict.findings += failures.map(\.finding)
            if translation.lacksAuthorities {
                verdict.accepted = (.noValidCACertificate, "None of the CA certificates can be used. \(text)")
            }
        } else {
            verdict.resolvedRefs = (.resolvedRefs, "All references are resolved.")
        }
        if let problem = translation.problem { verdict.refuse(.invalid, problem) }
    }
}
