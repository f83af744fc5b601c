/// A reference to a Gateway, or for mesh traffic to a Service (`spec.parentRefs[]` of routes, GEP-709, GEP-1426).
package struct ParentReference: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    /// nil means the namespace of the route.
    package var namespace: String?
    package var name: String
    /// The name of a listener, or of a Service port.
    package var sectionName: String?
    /// 1...65535. With it only listeners on this port are meant.
    package var port: UInt16?

    package init(
        group: String = gatewayAPIGroup, kind: String = "Gateway", namespace: String? = nil, name: String,
        sectionName: String? = nil, port: UInt16? = nil
    ) {
        self.group = group
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.sectionName = sectionName
        self.port = port
    }
}

/// A reference to something that takes requests (`BackendObjectReference`).
package struct BackendObjectReference: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    package var name: String
    /// nil means the namespace of the route.
    package var namespace: String?
    /// The port of the Service, 1...65535; always there for a Service.
    package var port: UInt16?

    package init(
        group: String = "", kind: String = "Service", name: String, namespace: String? = nil, port: UInt16? = nil
    ) {
        self.group = group
        self.kind = kind
        self.name = name
        self.namespace = namespace
        self.port = port
    }
}

/// A reference to a certificate (`SecretObjectReference`).
package struct SecretObjectReference: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    package var name: String
    /// nil means the namespace of the referrer.
    package var namespace: String?

    package init(group: String = "", kind: String = "Secret", name: String, namespace: String? = nil) {
        self.group = group
        self.kind = kind
        self.name = name
        self.namespace = namespace
    }
}

/// A reference to an object, without defaults (`ObjectReference`).
package struct ObjectReference: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    package var name: String
    /// nil means the namespace of the referrer.
    package var namespace: String?

    package init(group: String, kind: String, name: String, namespace: String? = nil) {
        self.group = group
        self.kind = kind
        self.name = name
        self.namespace = namespace
    }
}

/// A reference to an object in the namespace of the referrer (`LocalObjectReference`).
package struct LocalObjectReference: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    package var name: String

    package init(group: String, kind: String, name: String) {
        self.group = group
        self.kind = kind
        self.name = name
    }
}

/// `GatewayClass.spec.parametersRef`.
package struct ParametersReference: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    package var name: String
    /// Set exactly when the kind is namespaced.
    package var namespace: String?

    package init(group: String, kind: String, name: String, namespace: String? = nil) {
        self.group = group
        self.kind = kind
        self.name = name
        self.namespace = namespace
    }
}

/// `Gateway.spec.infrastructure.parametersRef`, in the namespace of the Gateway.
package struct LocalParametersReference: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    package var name: String

    package init(group: String, kind: String, name: String) {
        self.group = group
        self.kind = kind
        self.name = name
    }
}
