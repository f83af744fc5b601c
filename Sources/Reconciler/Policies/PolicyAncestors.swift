import Routing

/// Through which Gateways the backends are reached: the ancestors in the status of policies.
struct PolicyAncestors: Sendable {
    /// How many routes lead from a Gateway to a target; never 0.
    private var routes: [BackendTarget: [ObjectName: Int]] = [:]
    /// What is counted.
    private var evaluations: [RouteEvaluation] = []

    /// Returns whether any target has got or lost a Gateway.
    mutating func update(_ current: [RouteEvaluation]) -> Bool {
        let changes = BackendStage.UseChanges(from: evaluations, to: current)
        evaluations = current
        var touched: [Use: Int] = [:]
        for (routes, step) in [(changes.left, -1), (changes.joined, 1)] {
            for route in routes {
                for use in route.uses { touched[use, default: 0] += step }
            }
        }
        var isChanged = false
        for (use, difference) in touched where difference != 0 {
            let before = routes[use.target]?[use.gateway] ?? 0
            let after = before + difference
            if after == 0 {
                routes[use.target]?[use.gateway] = nil
                if routes[use.target]?.isEmpty == true { routes[use.target] = nil }
            } else {
                routes[use.target, default: [:]][use.gateway] = after
            }
            if before == 0 || after == 0 { isChanged = true }
        }
        return isChanged
    }

    func gateways(of target: BackendTarget) -> some Collection<ObjectName> {
        (routes[target] ?? [:]).keys
    }

    fileprivate struct Use: Hashable {
        var target: BackendTarget
        var gateway: ObjectName
    }
}

extension RouteEvaluation {
    /// Routes that are not accepted reach nothing.
    fileprivate var uses: Set<PolicyAncestors.Use> {
        var uses: Set<PolicyAncestors.Use> = []
        for gateway in Set(attachments.lazy.filter(\.isCounted).map(\.gateway)) {
            for target in targets { uses.insert(PolicyAncestors.Use(target: target, gateway: gateway)) }
        }
        return uses
    }
}
