/// The fields of `metadata` that this project reads.
package struct ObjectMeta: Sendable, Hashable {
    package var name: String
    /// Empty for cluster-scoped objects.
    package var namespace: String
    package var labels: [String: String]
    package var annotations: [String: String]
    /// Grows whenever the spec changes. 0 when the object does not state one.
    package var generation: Int64
    /// nil for objects read from files.
    package var creationTimestamp: Timestamp?
    /// Set while the object waits for its finalizers.
    package var deletionTimestamp: Timestamp?
    /// Empty when unknown.
    package var uid: String
    /// Opaque; empty when unknown.
    package var resourceVersion: String
    package var finalizers: [String]

    package init(
        name: String, namespace: String = "", labels: [String: String] = [:], annotations: [String: String] = [:],
        generation: Int64 = 0, creationTimestamp: Timestamp? = nil, deletionTimestamp: Timestamp? = nil,
        uid: String = "", resourceVersion: String = "", finalizers: [String] = []
    ) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.annotations = annotations
        self.generation = generation
        self.creationTimestamp = creationTimestamp
        self.deletionTimestamp = deletionTimestamp
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.finalizers = finalizers
    }
}
