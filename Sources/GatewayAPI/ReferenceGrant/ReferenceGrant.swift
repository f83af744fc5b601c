package import KubernetesTypes

/// Allows references from other namespaces into its own (GEP-709).
package struct ReferenceGrant: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: gatewayAPIGroup, version: "v1", kind: "ReferenceGrant")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: ReferenceGrantSpec

    package init(metadata: ObjectMeta, spec: ReferenceGrantSpec) {
        self.metadata = metadata
        self.spec = spec
    }
}

/// `ReferenceGrant.spec`: every `from` may refer to every `to`.
package struct ReferenceGrantSpec: Sendable, Hashable {
    /// 1 to 16.
    package var from: [ReferenceGrantFrom]
    /// 1 to 16.
    package var to: [ReferenceGrantTo]

    package init(from: [ReferenceGrantFrom], to: [ReferenceGrantTo]) {
        self.from = from
        self.to = to
    }
}

/// `ReferenceGrant.spec.from[]`.
package struct ReferenceGrantFrom: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    package var namespace: String

    package init(group: String, kind: String, namespace: String) {
        self.group = group
        self.kind = kind
        self.namespace = namespace
    }
}

/// `ReferenceGrant.spec.to[]`.
package struct ReferenceGrantTo: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    /// nil allows every object of the kind.
    package var name: String?

    package init(group: String, kind: String, name: String? = nil) {
        self.group = group
        self.kind = kind
        self.name = name
    }
}
