/// What every typed object of a cluster has.
package protocol KubernetesObject: Sendable, Hashable {
    /// The kind with the version that this project writes and that files should use.
    static var groupVersionKind: GroupVersionKind { get }
    /// False for cluster-scoped kinds, whose `metadata.namespace` is empty.
    static var isNamespaced: Bool { get }
    var metadata: ObjectMeta { get set }
}

extension KubernetesObject {
    package var groupVersionKind: GroupVersionKind { Self.groupVersionKind }

    package static var groupKind: GroupKind { groupVersionKind.groupKind }

    package var key: ObjectKey {
        ObjectKey(Self.groupKind, namespace: metadata.namespace, name: metadata.name)
    }
}
