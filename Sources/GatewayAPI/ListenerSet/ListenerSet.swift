package import KubernetesTypes

/// Listeners that somebody adds to a Gateway without having a right to the Gateway itself (GEP-1713).
package struct ListenerSet: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: gatewayAPIGroup, version: "v1", kind: "ListenerSet")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: ListenerSetSpec
    package var status: ListenerSetStatus

    package init(metadata: ObjectMeta, spec: ListenerSetSpec, status: ListenerSetStatus = .pending) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `ListenerSet.spec`.
package struct ListenerSetSpec: Sendable, Hashable {
    package var parentRef: ParentGatewayReference
    /// 1 to 64 with names that are distinct in the set; the fields are those of a Gateway's listeners.
    package var listeners: [Listener]

    package init(parentRef: ParentGatewayReference, listeners: [Listener]) {
        self.parentRef = parentRef
        self.listeners = listeners
    }
}

/// `ListenerSet.spec.parentRef`: the Gateway that the listeners join. Its `allowedListeners` must admit the set.
package struct ParentGatewayReference: Sendable, Hashable {
    package var group: String
    package var kind: String
    /// nil means the namespace of the set.
    package var namespace: String?
    package var name: String

    package init(group: String = gatewayAPIGroup, kind: String = "Gateway", namespace: String? = nil, name: String) {
        self.group = group
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }
}

/// `ListenerSet.status`.
package struct ListenerSetStatus: Sendable, Hashable {
    package var conditions: [Condition]
    /// The set's own listeners; those of the Gateway are not repeated.
    package var listeners: [ListenerStatus]

    package init(conditions: [Condition] = [], listeners: [ListenerStatus] = []) {
        self.conditions = conditions
        self.listeners = listeners
    }
}

extension ListenerSetStatus {
    /// What the CRD puts there before any controller has looked.
    package static let pending = ListenerSetStatus(conditions: [
        .pending(ListenerSetConditionType.accepted), .pending(ListenerSetConditionType.programmed),
    ])
}
