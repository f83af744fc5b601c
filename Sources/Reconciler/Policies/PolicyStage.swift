import GatewayAPI
import KubernetesTypes
import Routing

/// Policies and XBackends: what they mean for routes and backends, and their own status.
struct PolicyStage: Sendable {
    private(set) var index = PolicyIndex()
    private(set) var statuses = PolicyStatuses()
    private var ancestors = PolicyAncestors()

    /// What the statuses follow from, besides the routes.
    struct Surroundings {
        var state: ClusterState
        var settings: ReconcilerSettings
        var material: KeyMaterial
        /// The controller names of our Gateways.
        var controllerNames: [ObjectName: String]
        /// Something of the above changed that policies depend on.
        var isChanged: Bool
    }

    mutating func updateIndex(_ state: ClusterState) {
        index = PolicyIndex(state)
    }

    /// - Parameter routes: in conflict order.
    mutating func updateStatuses(_ routes: [RouteEvaluation], _ surroundings: Surroundings) {
        guard !index.isEmpty || !surroundings.state.xBackends.entries.isEmpty else {
            statuses = PolicyStatuses()
            ancestors = PolicyAncestors()
            return
        }
        guard ancestors.update(routes) || surroundings.isChanged else { return }
        statuses = PolicyStatuses(index, ancestors, surroundings)
    }
}

extension GatewayStage {
    /// Of our Gateways.
    var controllerNames: [ObjectName: String] {
        Dictionary(gateways.map { ($0.name, $0.controllerName) }, uniquingKeysWith: { first, _ in first })
    }
}
