import GatewayAPI
import KubernetesTypes
import Routing

/// The statuses of all policies and XBackends that one of our Gateways makes use of, with what their authors should know.
struct PolicyStatuses: Sendable {
    private(set) var backendTLSPolicies: [ObjectStatus<PolicyStatus>] = []
    private(set) var trafficPolicies: [ObjectStatus<PolicyStatus>] = []
    private(set) var xBackends: [ObjectStatus<XBackendStatus>] = []
    private(set) var diagnostics: [Diagnostic] = []

    init() {}

    init(_ index: PolicyIndex, _ ancestors: PolicyAncestors, _ surroundings: PolicyStage.Surroundings) {
        let tls = BackendTLSResolution(
            state: surroundings.state, material: surroundings.material, policies: index)
        let judge = BackendTLSPolicyVerdict(tls: tls)
        for policy in index.tlsPolicies {
            let services = policy.services
            let reached = Reached(
                services.map { BackendTarget(kind: .service, name: $0.service) }, ancestors, surroundings)
            let status = status(of: policy, policy.object.status, reached, surroundings) { gateway in
                judge.verdict(policy, targets: reached.targets(of: gateway).map { services[$0] })
            }
            if let status { backendTLSPolicies.append(status) }
            addUselessTargets(
                policy.object.key,
                policy.object.spec.targetRefs.map { (GroupKind(group: $0.group, kind: $0.kind), $0.name) },
                known: [Service.groupKind], surroundings)
        }
        for evaluation in index.trafficPolicies {
            let policy = evaluation.policy
            let targets = policy.targets
            let reached = Reached(targets, ancestors, surroundings)
            let status = status(of: policy, policy.object.status, reached, surroundings) { gateway in
                Self.verdict(evaluation, targets: reached.targets(of: gateway).map { targets[$0] }, index)
            }
            if let status { trafficPolicies.append(status) }
            addUselessTargets(
                policy.object.key,
                policy.object.spec.targetRefs.map { (GroupKind(group: $0.group, kind: $0.kind), $0.name) },
                known: [Service.groupKind, XBackend.groupKind], surroundings)
        }
        for backend in surroundings.state.xBackends.entries { add(backend, tls, ancestors, surroundings) }
        backendTLSPolicies.sort { $0.key < $1.key }
        trafficPolicies.sort { $0.key < $1.key }
    }

    /// Which of a policy's targets our Gateways reach.
    private struct Reached {
        /// Sorted by Gateway.
        private(set) var gateways: [ObjectName]
        private let indices: [ObjectName: [Int]]

        init(_ targets: [BackendTarget], _ ancestors: PolicyAncestors, _ surroundings: PolicyStage.Surroundings) {
            var indices: [ObjectName: [Int]] = [:]
            for (index, target) in targets.enumerated() {
                for gateway in ancestors.gateways(of: target) where surroundings.controllerNames[gateway] != nil {
                    indices[gateway, default: []].append(index)
                }
            }
            self.indices = indices
            gateways = indices.keys.sorted()
        }

        func targets(of gateway: ObjectName) -> [Int] { indices[gateway] ?? [] }
    }

    private mutating func status<Policy: KubernetesObject>(
        of policy: Stored<Policy>, _ current: PolicyStatus, _ reached: Reached,
        _ surroundings: PolicyStage.Surroundings, verdict: (ObjectName) -> PolicyVerdict
    ) -> ObjectStatus<PolicyStatus>? {
        let foreign = current.ancestors.filter { !surroundings.settings.claims($0.controllerName) }.count
        let room = max(0, PolicyStatus.maximumAncestors - foreign)
        var status = PolicyStatus()
        var findings: [Finding] = []
        for gateway in reached.gateways {
            let verdict = verdict(gateway)
            for finding in verdict.findings where !findings.contains(finding) { findings.append(finding) }
            guard status.ancestors.count < room, let controller = surroundings.controllerNames[gateway] else {
                continue
            }
            status.ancestors.append(
                PolicyAncestorStatus(
                    ancestorRef: .gateway(gateway), controllerName: controller,
                    conditions: verdict.conditions(observedGeneration: policy.object.metadata.observedGeneration)))
        }
        if reached.gateways.count > room {
            findings.append(
                Finding(
                    .ancestorsFull, FieldPath("status.ancestors"),
                    "The policy applies to \(reached.gateways.count) Gateways, of which the status shows \(room).",
                    severity: .warning))
        }
        diagnostics += findings.map { $0.diagnostic(for: policy.object.key) }
        return status.ancestors.isEmpty ? nil : ObjectStatus(key: policy.object.key, status: status)
    }

    private static func verdict(
        _ evaluation: TrafficPolicyEvaluation, targets: [BackendTarget], _ index: PolicyIndex
    ) -> PolicyVerdict {
        var verdict = PolicyVerdict()
        if let problem = evaluation.problem { verdict.refuse(.invalid, problem) }
        let losses = targets.compactMap { target -> Finding? in
            guard let winner = index.traffic(for: target)?.policy, winner !== evaluation.policy else { return nil }
            return Finding(
                .policyConflicted, FieldPath("spec.targetRefs"),
                "XBackendTrafficPolicy \(winner.name) is for \(target) already, and comes first.",
                help: "The older policy wins, then the one whose name comes first. Remove one of the two.")
        }
        if losses.count == targets.count, let first = losses.first {
            verdict.refuse(.conflicted, first)
        } else {
            verdict.findings += losses
        }
        return verdict
    }

    /// Targets of the wrong kind, or that do not exist. In a cluster somebody else may know what the kind means, and the
    /// object may be on its way.
    private mutating func addUselessTargets(
        _ key: ObjectKey, _ targets: [GroupKindName], known: [GroupKind], _ surroundings: PolicyStage.Surroundings
    ) {
        guard surroundings.settings.standalone else { return }
        for (position, target) in targets.enumerated() {
            let path = FieldPath("spec.targetRefs").index(position)
            let name = ObjectName(namespace: key.namespace, name: target.name)
            let finding: Finding
            if !known.contains(target.kind) {
                finding = Finding(
                    .policyTargetKind, path.field("kind"), "\(key.kind) has no effect on \(target.kind).",
                    help: "It can be for \(Wording.list(known.map(\.description), conjunction: "or")).")
            } else if let backend = BackendTarget(target.kind, name), !surroundings.state.contains(backend) {
                finding = Finding(
                    .policyTargetMissing, path.field("name"), "\(backend) does not exist.",
                    help: "Create it, or correct the name.")
            } else {
                continue
            }
            diagnostics.append(finding.diagnostic(for: key))
        }
    }

    private typealias GroupKindName = (kind: GroupKind, name: String)

    // MARK: XBackends

    private mutating func add(
        _ backend: Stored<XBackend>, _ tls: BackendTLSResolution, _ ancestors: PolicyAncestors,
        _ surroundings: PolicyStage.Surroundings
    ) {
        let key = backend.object.key
        let problem = XBackendEvaluation(backend.object, tls).problem
        if let problem { diagnostics.append(problem.finding.diagnostic(for: key)) }
        let foreign = backend.object.status.parents.filter { !surroundings.settings.claims($0.controllerName) }.count
        let target = BackendTarget(kind: .externalBackend, name: backend.name)
        let condition = Condition(
            PolicyConditionType.accepted, problem == nil ? .true : .false, problem?.reason ?? .accepted,
            message: problem?.finding.text ?? "The backend can be used.",
            observedGeneration: backend.object.metadata.observedGeneration)
        let parents = ancestors.gateways(of: target).sorted()
            .compactMap { gateway in
                surroundings.controllerNames[gateway].map {
                    XBackendParentStatus(parentRef: .gateway(gateway), controllerName: $0, conditions: [condition])
                }
            }
            .prefix(max(0, XBackendStatus.maximumParents - foreign))
        if !parents.isEmpty {
            xBackends.append(ObjectStatus(key: key, status: XBackendStatus(parents: Array(parents))))
        }
    }
}

extension ClusterState {
    fileprivate func contains(_ target: BackendTarget) -> Bool {
        switch target.kind {
        case .service: services[target.name] != nil
        case .externalBackend: xBackends[target.name] != nil
        }
    }
}

extension ParentReference {
    fileprivate static func gateway(_ name: ObjectName) -> ParentReference {
        ParentReference(namespace: name.namespace, name: name.name)
    }
}

extension Outcome {
    mutating func add(_ policies: PolicyStatuses) {
        statuses.backendTLSPolicies = policies.backendTLSPolicies
        statuses.xBackendTrafficPolicies = policies.trafficPolicies
        statuses.xBackends = policies.xBackends
        guard !policies.diagnostics.isEmpty else { return }
        diagnostics += policies.diagnostics
        diagnostics.sort { $0.object < $1.object }
    }
}
