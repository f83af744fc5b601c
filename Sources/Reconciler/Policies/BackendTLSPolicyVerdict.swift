import GatewayAPI
import KubernetesTypes
import Routing

/// Judges BackendTLSPolicies (GEP-1897).
struct BackendTLSPolicyVerdict {
    let state: ClusterState
    let material: KeyMaterial
    let index: PolicyIndex

    /// - Parameter targets: those of the policy's targets that the ancestor reaches; not empty.
    func verdict(_ policy: Stored<BackendTLSPolicy>, targets: [Target]) -> PolicyVerdict {
        var verdict = PolicyVerdict()
        let validation = policy.object.spec.validation
        checkCACertificates(of: policy, &verdict)
        if let finding = problem(of: validation) { verdict.refuse(.invalid, finding) }
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

    private func checkCACertificates(of policy: Stored<BackendTLSPolicy>, _ verdict: inout PolicyVerdict) {
        let references = policy.object.spec.validation.caCertificateRefs
        let path = FieldPath("spec.validation.caCertificateRefs")
        var failures: [(reason: PolicyConditionReason, finding: Finding)] = []
        let refs = CertificateRefs(
            state: state, material: material, from: BackendTLSPolicy.groupKind, namespace: policy.name.namespace)
        for (index, reference) in references.enumerated() {
            let object = ObjectReference(group: reference.group, kind: reference.kind, name: reference.name)
            switch refs.authorities(object, at: path.index(index)) {
            case .failure(.notPermitted(let finding)), .failure(.unusable(let finding)):
                failures.append((.invalidCACertificateRef, finding))
            case .failure(.wrongKind(let finding)): failures.append((.invalidKind, finding))
            case .success: break
            }
        }
        guard let first = failures.first else {
            verdict.resolvedRefs = (.resolvedRefs, "All references are resolved.")
            return
        }
        verdict.resolvedRefs = (first.reason, failures.map(\.finding.text).joined(separator: " "))
        verdict.findings += failures.map(\.finding)
        if failures.count == references.count {
            verdict.accepted = (
                .noValidCACertificate,
                "None of the CA certificates can be used. \(failures.map(\.finding.text).joined(separator: " "))"
            )
        }
    }

    private func problem(of validation: BackendTLSPolicyValidation) -> Finding? {
        let path = FieldPath("spec.validation")
        if DNSName(validation.hostname) == nil {
            return Finding(
                .policyHostname, path.field("hostname"), "\"\(validation.hostname)\" is not a DNS name.",
                help: "Write the name that the backend's certificate has.")
        }
        if let index = validation.subjectAltNames.firstIndex(where: { !$0.isUsable }) {
            return Finding(
                .policySubjectAltName, path.field("subjectAltNames").index(index),
                "The entry is not a name that certificates are compared with.",
                help: "Write type: Hostname with hostname, or type: URI with uri.")
        }
        let wellKnown = validation.wellKnownCACertificates ?? ""
        if wellKnown.isEmpty, validation.caCertificateRefs.isEmpty {
            return Finding(
                .policyTrust, path, "Nothing says which CA certificates are trusted.",
                help: "Add caCertificateRefs, or wellKnownCACertificates: System.")
        }
        if !wellKnown.isEmpty, !validation.caCertificateRefs.isEmpty {
            return Finding(
                .policyTrust, path, "caCertificateRefs and wellKnownCACertificates exclude each other.",
                help: "Keep one of them.")
        }
        if !wellKnown.isEmpty, wellKnown != BackendTLSPolicyValidation.systemCACertificates {
            return Finding(
                .policyTrust, path.field("wellKnownCACertificates"),
                "\(wellKnown) is not a set of CA certificates that this version knows.", help: "Write System.")
        }
        return nil
    }
}

extension SubjectAltName {
    fileprivate var isUsable: Bool {
        switch type {
        case .hostname: hostname.map { HostnamePattern($0) != nil } ?? false
        case .uri: uri?.contains("://") ?? false
        case .unrecognized: false
        }
    }
}
