import GatewayAPI
import KubernetesTypes
import Routing

/// The policies by what they are for. Where several are for the same the first in conflict order applies, also when it
/// is invalid: what its author wanted to be guarded must not be had without.
struct PolicyIndex: Sendable {
    /// By Service, then by port name; nil for all ports.
    private var tls: [ObjectName: [String?: Stored<BackendTLSPolicy>]] = [:]
    private var traffic: [BackendTarget: TrafficPolicyEvaluation] = [:]
    /// In conflict order.
    private(set) var tlsPolicies: [Stored<BackendTLSPolicy>] = []
    /// In conflict order.
    private(set) var trafficPolicies: [TrafficPolicyEvaluation] = []

    /// Without policies.
    init() {}

    init(_ state: ClusterState) {
        tlsPolicies = Self.inConflictOrder(state.backendTLSPolicies)
        for policy in tlsPolicies {
            for target in policy.services {
                let section = target.section
                if tls[target.service]?[section] == nil { tls[target.service, default: [:]][section] = policy }
            }
        }
        trafficPolicies = Self.inConflictOrder(state.xBackendTrafficPolicies).map(TrafficPolicyEvaluation.init)
        for policy in trafficPolicies {
            for target in policy.policy.targets where traffic[target] == nil { traffic[target] = policy }
        }
    }

    var isEmpty: Bool { tlsPolicies.isEmpty && trafficPolicies.isEmpty }

    private static func inConflictOrder<Policy>(_ table: ObjectTable<Policy>) -> [Stored<Policy>] {
        table.entries.sorted {
            ConflictOrder.precedes(
                ($0.object.metadata.creationTimestamp, $0.name), ($1.object.metadata.creationTimestamp, $1.name))
        }
    }

    /// The policy for a port of a Service: that for the port before that for the whole Service.
    func tls(for service: ObjectName, portName: String) -> Stored<BackendTLSPolicy>? {
        guard !tls.isEmpty, let policies = tls[service] else { return nil }
        return policies[portName].flatMap(\.self) ?? policies[nil].flatMap(\.self)
    }

    /// The policy that applies to exactly this Service and port name, nil for the whole Service.
    func tlsWinner(for service: ObjectName, section: String?) -> Stored<BackendTLSPolicy>? {
        tls[service]?[section].flatMap(\.self)
    }

    func traffic(for target: BackendTarget) -> TrafficPolicyEvaluation? {
        traffic.isEmpty ? nil : traffic[target]
    }
}

extension Stored<BackendTLSPolicy> {
    /// The targets that are Services; policies can be for nothing else.
    var services: [(service: ObjectName, section: String?, index: Int)] {
        object.spec.targetRefs.enumerated().compactMap { index, reference in
            guard GroupKind(group: reference.group, kind: reference.kind) == Service.groupKind else { return nil }
            let section = reference.sectionName.flatMap { $0.isEmpty ? nil : $0 }
            return (ObjectName(namespace: name.namespace, name: reference.name), section, index)
        }
    }
}

extension Stored<XBackendTrafficPolicy> {
    /// The targets that can be backends.
    var targets: [BackendTarget] {
        object.spec.targetRefs.compactMap { reference in
            BackendTarget(
                GroupKind(group: reference.group, kind: reference.kind),
                ObjectName(namespace: name.namespace, name: reference.name))
        }
    }
}
