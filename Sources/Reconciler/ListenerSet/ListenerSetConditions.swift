import GatewayAPI
import KubernetesTypes

extension GatewayEvaluation {
    /// `status.conditions` of one of the Gateway's ListenerSets: its admission, then the Gateway's own state, then its
    /// listeners.
    func conditions(of set: ListenerSetEvaluation) -> [Condition] {
        [acceptedCondition(of: set), programmedCondition(of: set)]
    }

    /// `status.attachedListenerSets` of the Gateway: how many are accepted. nil when none names the Gateway.
    var attachedListenerSets: Int32? {
        if listenerSets.isEmpty { return nil }
        return Int32(clamping: listenerSets.filter { acceptedCondition(of: $0).status == .true }.count)
    }

    private func acceptedCondition(of set: ListenerSetEvaluation) -> Condition {
        if let problem = problem(of: set, parent: .parentNotAccepted) {
            return condition(set, .accepted, .false, problem.reason, problem.message)
        }
        let unusable = listeners[set.listeners].filter { !$0.isUsable }.map(\.spec.name)
        if unusable.isEmpty { return condition(set, .accepted, .true, .accepted, "All listeners are valid.") }
        return condition(
            set, .accepted, .true, .listenersNotValid, "Not valid: listener \(Wording.list(unusable)).")
    }

    private func programmedCondition(of set: ListenerSetEvaluation) -> Condition {
        if let problem = problem(of: set, parent: .parentNotProgrammed) {
            return condition(set, .programmed, .false, problem.reason, problem.message)
        }
        if let problem = addressProblem, addresses.bound.isEmpty {
            return condition(
                set, .programmed, .false, .parentNotProgrammed, "The Gateway has no address: \(problem.message)")
        }
        let served = listeners[set.listeners].filter { serves($0) }.map(\.spec.name)
        if served.isEmpty {
            return condition(set, .programmed, .false, .listenersNotValid, "None of the listeners can be served.")
        }
        return condition(
            set, .programmed, .true, .programmed, "Served are listener \(Wording.list(served)).")
    }

    /// What makes both conditions False.
    private func problem(
        of set: ListenerSetEvaluation, parent: ListenerSetConditionReason
    ) -> (reason: ListenerSetConditionReason, message: String)? {
        if let refusal = set.refusal { return (.notAllowed, refusal.text) }
        if !isAccepted { return (parent, "Gateway \(name) is not accepted.") }
        if listeners[set.listeners].allSatisfy({ !$0.isUsable }) {
            return (.listenersNotValid, "None of the listeners is valid.")
        }
        return nil
    }

    private func condition(
        _ set: ListenerSetEvaluation, _ type: ListenerSetConditionType, _ status: Condition.Status,
        _ reason: ListenerSetConditionReason, _ message: String
    ) -> Condition {
        Condition(type, status, reason, message: message, observedGeneration: set.observedGeneration)
    }
}
