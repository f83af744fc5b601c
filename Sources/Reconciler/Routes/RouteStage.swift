import GatewayAPI
import KubernetesTypes
import Routing

/// All routes, evaluated anew only where something changed.
struct RouteStage: Sendable {
    /// In conflict order.
    private(set) var evaluations: [RouteEvaluation] = []

    /// - Parameter changes: between the routes evaluated last and those of the environment's state.
    mutating func update(
        _ changes: [RouteChange], surroundings: RouteSurroundings, environment: RouteEnvironment
    ) {
        if !surroundings.isUnchanged {
            for index in evaluations.indices where surroundings.concern(evaluations[index].dependencies) {
                evaluations[index] = RouteEvaluation(evaluations[index].route, environment: environment)
            }
        }
        if changes.isEmpty { return }
        var replacements: [ObjectIdentifier: RequestRoute?] = [:]
        var added: [RequestRoute] = []
        for change in changes {
            if let old = change.old, let new = change.new, old.keepsItsPlace(as: new) {
                replacements[old.identity] = new
            } else {
                if let old = change.old { replacements[old.identity] = .some(nil) }
                if let new = change.new { added.append(new) }
            }
        }
        replace(replacements, environment: environment)
        insert(added.map { RouteEvaluation($0, environment: environment) })
    }

    private mutating func insert(_ added: [RouteEvaluation]) {
        func precedes(_ first: RouteEvaluation, _ second: RouteEvaluation) -> Bool {
            let (left, right) = ((first.created, first.route.name), (second.created, second.route.name))
            if ConflictOrder.precedes(left, right) { return true }
            // Which of two kinds comes first decides nothing, but it must always be the same.
            return first.route.kind.rawValue < second.route.kind.rawValue && !ConflictOrder.precedes(right, left)
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
        _ replacements: [ObjectIdentifier: RequestRoute?], environment: RouteEnvironment
    ) {
        if replacements.isEmpty { return }
        var hasGaps = false
        for index in evaluations.indices {
            guard let replacement = replacements[evaluations[index].route.identity] else { continue }
            if let route = replacement {
                evaluations[index] = RouteEvaluation(route, environment: environment)
            } else {
                hasGaps = true
            }
        }
        guard hasGaps else { return }
        evaluations.removeAll { replacements[$0.route.identity] != nil }
    }
}

/// What became of one route.
struct RouteChange {
    /// nil for a new one.
    var old: RequestRoute?
    /// nil for one that is gone.
    var new: RequestRoute?
}
