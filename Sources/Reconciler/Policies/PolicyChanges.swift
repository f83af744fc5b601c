import GatewayAPI
import KubernetesTypes
import Routing

/// The policies that changed, by what they are or were for.
struct PolicyChanges {
    private(set) var isChanged = false
    private var targets: Set<BackendTarget> = []

    init(from old: ClusterState, to new: ClusterState) {
        for change in new.backendTLSPolicies.changes(since: old.backendTLSPolicies) {
            isChanged = true
            for policy in [change.old, change.new].compactMap(\.self) {
                targets.formUnion(policy.services.map { BackendTarget(kind: .service, name: $0.service) })
            }
        }
        for change in new.xBackendTrafficPolicies.changes(since: old.xBackendTrafficPolicies) {
            isChanged = true
            for policy in [change.old, change.new].compactMap(\.self) { targets.formUnion(policy.targets) }
        }
    }

    func names(of kind: BackendID.Kind) -> Set<ObjectName> {
        Set(targets.lazy.filter { $0.kind == kind }.map(\.name))
    }
}
