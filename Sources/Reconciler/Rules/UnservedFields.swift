import GatewayAPI
import KubernetesTypes

/// Fields of a rule that this version does not serve.
enum UnservedFields {
    static func problems(of rule: HTTPRouteRule, at path: FieldPath) -> [RuleProblem] {
        var fields: [String] = []
        if rule.timeouts?.isEffective == true { fields.append("timeouts") }
        if rule.retry != nil { fields.append("retry") }
        if rule.sessionPersistence != nil { fields.append("sessionPersistence") }
        return fields.map { .unsupported(path.field($0), "\($0) is not served by this version.") }
    }
}

extension HTTPRouteTimeouts {
    /// Zero switches a timeout off, which is what this version does anyway.
    fileprivate var isEffective: Bool {
        [request, backendRequest].contains { $0?.isZero == false }
    }
}
