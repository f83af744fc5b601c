package import KubernetesTypes

extension XBackendTrafficPolicy {
    /// What the API server would refuse: the limits and rules of the CRD.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { spec.validate(into: &$0) }
        return validator.issues
    }
}

extension XBackendTrafficPolicySpec {
    fileprivate func validate(into validator: inout Validator) {
        validator.list("targetRefs", targetRefs, count: 1...16) { validator, target in
            validateReference(into: &validator, group: target.group, kind: target.kind, name: target.name)
        }
        validator.unique("targetRefs", targetRefs, by: \.self) { validator, target in
            validator.report(
                .targetNamedTwice, "\(target.kind) \(Validator.quoted(target.name)) is a target already.",
                help: "Name it once.")
        }
        validator.field("retryConstraint", retryConstraint) { validator, constraint in
            validator.field("budget") { constraint.budget.validate(into: &$0) }
            validator.field("minRetryRate") { constraint.minRetryRate.validate(into: &$0) }
        }
        validator.field("sessionPersistence", sessionPersistence) { $1.validate(into: &$0) }
    }
}

extension BudgetDetails {
    fileprivate func validate(into validator: inout Validator) {
        validator.number("percent", percent, in: 0...100)
        if !(GatewayDuration.oneSecond...GatewayDuration.oneHour).contains(interval) {
            validator.field("interval") {
                $0.report(
                    .intervalOutOfRange, "interval \(interval) is outside of 1s...1h.", help: "Use one from 1s to 1h.")
            }
        }
    }
}

extension RequestRate {
    fileprivate func validate(into validator: inout Validator) {
        validator.number("count", count, in: 1...1_000_000)
        validator.field("interval", interval) { validator, interval in
            if interval.isZero || interval > .oneHour {
                validator.report(
                    .intervalOutOfRange, "interval \(interval) is not between zero and 1h.",
                    help: "Use one above zero, at most 1h.")
            }
        }
    }
}

extension GatewayDuration {
    fileprivate static let oneSecond = GatewayDuration(milliseconds: 1000)
    fileprivate static let oneHour = GatewayDuration(milliseconds: 3_600_000)
}
