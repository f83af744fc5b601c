/// A core/v1 Namespace, of which only the labels matter here.
package struct Namespace: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(group: "", version: "v1", kind: "Namespace")
    package static let isNamespaced = false

    /// The label that Kubernetes puts on every Namespace, with its name as value.
    package static let nameLabel = "kubernetes.io/metadata.name"

    package var metadata: ObjectMeta

    package init(metadata: ObjectMeta) {
        self.metadata = metadata
    }
}
