import KubernetesTypes
import Routing

/// An object of a `ClusterState`. As long as the object does not change it stays the same instance, so comparing two
/// states costs a pointer comparison for each object.
final class Stored<Object: KubernetesObject>: Sendable {
    let object: Object
    /// The namespace is empty for cluster-scoped kinds.
    let name: ObjectName

    init(_ object: Object) {
        self.object = object
        name = ObjectName(object.metadata)
    }
}

extension ObjectName {
    init(_ metadata: ObjectMeta) {
        self.init(namespace: metadata.namespace, name: metadata.name)
    }
}
