/// A `metav1.Condition`: one aspect of an object's state.
package struct Condition: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case `true` = "True"
        case `false` = "False"
        case unknown = "Unknown"
    }

    /// CamelCase, unique in its list.
    package var type: String
    package var status: Status
    /// CamelCase, never empty.
    package var reason: String
    /// For people; may be empty.
    package var message: String
    /// `metadata.generation` of the object that was judged. nil when whoever wrote it did not say.
    package var observedGeneration: Int64?
    /// When `status` last changed.
    package var lastTransitionTime: Timestamp

    package init(
        type: String, status: Status, reason: String, message: String = "", observedGeneration: Int64? = nil,
        lastTransitionTime: Timestamp = .epoch
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
    }
}
