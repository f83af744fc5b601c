import GatewayAPI
import KubernetesTypes
import Routing

/// All routes, evaluated anew only where something changed.
struct RouteStage: Sendable {
    /// In conflict order.
    private(set) var evaluations: [RouteEvaluation] = []

    /// - Parameter changes: between the routes evaluated last and those of the environment's state.
    mutating func update(
        _ changes: [ObjectChange<HTTPRoute>], surroundings: RouteSurroundings, environment: RouteEnvironment
    ) {
        if changes.isEmpty, surroundings.isUnchanged { return }
        let outdated = Set(changes.lazy.compactMap { $0.old.map(ObjectIdentifier.init) })
        evaluations = evaluations.compactMap { evaluation in
            if !outdated.isEmpty, outdated.contains(ObjectIdentifier(evaluation.route)) { return nil }
            guard surroundings.concern(evaluation.dependencies) else { return evaluation }
            return RouteEvaluation(evaluation.route, environment: environment)
        }
        let added = changes.compactMap(\.new)
        guard !added.isEmpty else { return }
        evaluations += added.map { RouteEvaluation($0, environment: environment) }
        // Nearly sorted already unless there is much that is new, which makes this cheap.
        evaluations.sort {
            ConflictOrder.precedes(($0.created, $0.route.name), ($1.created, $1.route.name))
        }
    }
}
