import GatewayAPI
import KubernetesTypes

extension ObjectMeta {
    /// What `observedGeneration` says; objects from files have no generation.
    var observedGeneration: Int64? { generation == 0 ? nil : generation }
}

extension Sequence<Condition> {
    /// Messages of the conditions that are not as they should be, without repetition.
    var problems: [String] {
        var problems: [String] = []
        for condition in self where condition.isProblem && !problems.contains(condition.message) {
            problems.append(condition.message)
        }
        return problems
    }
}

extension Condition {
    /// Conditions with a positive meaning should be True, the others should not.
    fileprivate var isProblem: Bool {
        switch type {
        case ListenerConditionType.conflicted.rawValue: false  // Accepted says the same
        case GatewayConditionType.defaultGateway.rawValue: false
        // Whoever has one certificate for everything has it, and misdirected requests are sent back.
        case ListenerConditionType.overlappingTLSConfig.rawValue: false
        case GatewayConditionType.insecureFrontendValidationMode.rawValue, RouteConditionType.partiallyInvalid.rawValue:
            status == .true
        default:
            status != .true
        }
    }
}
