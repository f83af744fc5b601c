package import KubernetesTypes

/// `XBackend.status`.
package struct XBackendStatus: Sendable, Hashable {
    /// At most `maximumParents`, one for each Gateway and controller.
    package var parents: [XBackendParentStatus]

    package static let maximumParents = 32

    package init(parents: [XBackendParentStatus] = []) {
        self.parents = parents
    }
}

/// `XBackend.status.parents[]`.
package struct XBackendParentStatus: Sendable, Hashable {
    /// A Gateway whose routes refer to the backend.
    package var parentRef: ParentReference
    package var controllerName: String
    /// `Accepted`.
    package var conditions: [Condition]

    package init(parentRef: ParentReference, controllerName: String, conditions: [Condition] = []) {
        self.parentRef = parentRef
        self.controllerName = controllerName
        self.conditions = conditions
    }
}

/// The reasons of the condition `Accepted` in `XBackend.status.parents[]`.
package enum XBackendConditionReason: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case invalid = "Invalid"
    case unsupportedProtocol = "UnsupportedProtocol"
    case unsupportedValue = "UnsupportedValue"
}
