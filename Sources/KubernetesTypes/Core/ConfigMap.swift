/// A core/v1 ConfigMap.
package struct ConfigMap: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(group: "", version: "v1", kind: "ConfigMap")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var data: [String: String]
    /// `binaryData` with its base64 decoded.
    package var binaryData: [String: [UInt8]]

    package init(metadata: ObjectMeta, data: [String: String] = [:], binaryData: [String: [UInt8]] = [:]) {
        self.metadata = metadata
        self.data = data
        self.binaryData = binaryData
    }
}
