package import KubernetesTypes

/// Limits on retries, and session persistence, of backends (GEP-3388, GEP-1619, experimental).
package struct XBackendTrafficPolicy: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: experimentalGatewayAPIGroup, version: "v1alpha1", kind: "XBackendTrafficPolicy")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: XBackendTrafficPolicySpec
    package var status: PolicyStatus

    package init(metadata: ObjectMeta, spec: XBackendTrafficPolicySpec, status: PolicyStatus = PolicyStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `XBackendTrafficPolicy.spec`.
package struct XBackendTrafficPolicySpec: Sendable, Hashable {
    /// 1 to 16 backends of the policy's namespace.
    package var targetRefs: [LocalPolicyTargetReference]
    package var retryConstraint: RetryConstraint?
    package var sessionPersistence: SessionPersistence?

    package init(
        targetRefs: [LocalPolicyTargetReference], retryConstraint: RetryConstraint? = nil,
        sessionPersistence: SessionPersistence? = nil
    ) {
        self.targetRefs = targetRefs
        self.retryConstraint = retryConstraint
        self.sessionPersistence = sessionPersistence
    }
}

/// `XBackendTrafficPolicy.spec.retryConstraint`.
package struct RetryConstraint: Sendable, Hashable {
    package var budget: BudgetDetails
    /// So many retries are always allowed.
    package var minRetryRate: RequestRate

    package init(
        budget: BudgetDetails = BudgetDetails(),
        minRetryRate: RequestRate = RequestRate(count: 10, interval: GatewayDuration(milliseconds: 1000))
    ) {
        self.budget = budget
        self.minRetryRate = minRetryRate
    }
}

/// `XBackendTrafficPolicy.spec.retryConstraint.budget`.
package struct BudgetDetails: Sendable, Hashable {
    /// 0...100: retries among the requests of an interval.
    package var percent: Int
    /// 1 s to 1 h.
    package var interval: GatewayDuration

    package init(percent: Int = 20, interval: GatewayDuration = GatewayDuration(milliseconds: 10_000)) {
        self.percent = percent
        self.interval = interval
    }
}

/// `XBackendTrafficPolicy.spec.retryConstraint.minRetryRate`.
package struct RequestRate: Sendable, Hashable {
    /// 1...1000000.
    package var count: Int?
    /// Above zero, at most 1 h.
    package var interval: GatewayDuration?

    package init(count: Int? = nil, interval: GatewayDuration? = nil) {
        self.count = count
        self.interval = interval
    }
}
