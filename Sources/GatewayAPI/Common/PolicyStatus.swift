package import KubernetesTypes

/// `status` of every policy kind.
package struct PolicyStatus: Sendable, Hashable {
    /// At most `maximumAncestors`, one for each ancestor and controller.
    package var ancestors: [PolicyAncestorStatus]

    /// A controller that finds so many entries adds none.
    package static let maximumAncestors = 16

    package init(ancestors: [PolicyAncestorStatus] = []) {
        self.ancestors = ancestors
    }
}

/// `status.ancestors[]`: what becomes of a policy where one Gateway reaches its target.
package struct PolicyAncestorStatus: Sendable, Hashable {
    package var ancestorRef: ParentReference
    package var controllerName: String
    /// 1 to 8.
    package var conditions: [Condition]

    package init(ancestorRef: ParentReference, controllerName: String, conditions: [Condition]) {
        self.ancestorRef = ancestorRef
        self.controllerName = controllerName
        self.conditions = conditions
    }
}

/// `status.ancestors[].conditions[].type` of policies.
package enum PolicyConditionType: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    /// Only of a BackendTLSPolicy.
    case resolvedRefs = "ResolvedRefs"
}

/// The reasons that go with `PolicyConditionType`.
package enum PolicyConditionReason: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case conflicted = "Conflicted"
    case invalid = "Invalid"
    case targetNotFound = "TargetNotFound"
    case noValidCACertificate = "NoValidCACertificate"
    case resolvedRefs = "ResolvedRefs"
    case invalidCACertificateRef = "InvalidCACertificateRef"
    case invalidKind = "InvalidKind"
}
