import GatewayAPI
import KubernetesTypes
import Routing

/// The routes of all kinds, evaluated anew only where something changed.
struct RouteStage: Sendable {
    /// In conflict order.
    private(set) var evaluations: [RouteEvaluation] = []

    /// - Parameter changes: between the routes evaluated last and those of the environment's state.
    mutating func update(
        _ changes: [RouteChange], surroundings: RouteSurroundings, environment: RouteEnvironment
    ) {
        if !surroundings.isUnchanged {
            for index in evaluations.indices where surroundings.concern(evaluations[index].dependencies) {
                evaluations[index] = evaluations[index].route.evaluated(in: environment)
            }
        }
        if changes.isEmpty { return }
        var replacements: [ObjectIdentifier: (any StoredRoute)?] = [:]
        var added: [any StoredRoute] = []
        for change in changes {
            if let old = change.old, let new = change.new, old.keepsItsPlace(as: new) {
                replacements[ObjectIdentifier(old)] = new
            } else {
                if let old = change.old { replacements[ObjectIdentifier(old)] = .some(nil) }
                if let new = change.new { added.append(new) }
            }
        }
        replace(replacements, environment: environment)
        insert(added.map { $0.evaluated(in: environment) })
    }

    private mutating func insert(_ added: [RouteEvaluation]) {
        func precedes(_ first: RouteEvaluation, _ second: RouteEvaluation) -> Bool {
            let (left, right) = ((first.created, first.name), (second.created, second.name))
            // Routes of different kinds may have one name.
            if ConflictOrder.precedes(left, right) { return true }
            return first.kind.rawValue < second.kind.rawValue && !ConflictOrder.precedes(right, left)
        }
        // A few find their places faster than everything is sorted.
        guard added.count < 16 else {
            evaluations = (evaluations + added).sorted(by: precedes)
            return
        }
        for evaluation in added {
            var (low, high) = (0, evaluations.count)
            while low < high {
                let middle = (low + high) / 2
                if precedes(evaluations[middle], evaluation) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            evaluations.insert(evaluation, at: low)
        }
    }

    /// - Parameter replacements: by the route as it was; nil for those that are gone.
    private mutating func replace(
        _ replacements: [ObjectIdentifier: (any StoredRoute)?], environment: RouteEnvironment
    ) {
        if replacements.isEmpty { return }
        var hasGaps = false
        for index in evaluations.indices {
            guard let replacement = replacements[ObjectIdentifier(evaluations[index].route)] else { continue }
            if let route = replacement {
                evaluations[index] = route.evaluated(in: environment)
            } else {
                hasGaps = true
            }
        }
        guard hasGaps else { return }
        evaluations.removeAll { replacements[ObjectIdentifier($0.route)] != nil }
    }
}

extension StoredRoute {
    /// Whether the conflict order stays as it is when `new` takes the place of this route.
    fileprivate func keepsItsPlace(as new: any StoredRoute) -> Bool {
        name == new.name && kind == new.kind
            && gatewayRoute.metadata.creationTimestamp == new.gatewayRoute.metadata.creationTimestamp
    }
}
