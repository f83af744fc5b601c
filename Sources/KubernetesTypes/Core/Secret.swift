/// A core/v1 Secret.
package struct Secret: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(group: "", version: "v1", kind: "Secret")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    /// For example `kubernetes.io/tls`; `Opaque` when the manifest does not say.
    package var type: String
    /// `data` with its base64 decoded, and `stringData`, which wins where both have a key.
    package var data: [String: SecretBytes]

    package init(metadata: ObjectMeta, type: String = "Opaque", data: [String: SecretBytes] = [:]) {
        self.metadata = metadata
        self.type = type
        self.data = data
    }
}
