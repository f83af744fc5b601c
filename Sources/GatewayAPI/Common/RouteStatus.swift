package import KubernetesTypes

/// `status` of every route kind.
package struct RouteStatus: Sendable, Hashable {
    /// At most 32, one for each parentRef and controller.
    package var parents: [RouteParentStatus]

    package init(parents: [RouteParentStatus] = []) {
        self.parents = parents
    }
}

/// `status.parents[]`.
package struct RouteParentStatus: Sendable, Hashable {
    /// The parentRef of the spec.
    package var parentRef: ParentReference
    package var controllerName: String
    /// 1 to 8.
    package var conditions: [Condition]

    package init(parentRef: ParentReference, controllerName: String, conditions: [Condition]) {
        self.parentRef = parentRef
        self.controllerName = controllerName
        self.conditions = conditions
    }
}
