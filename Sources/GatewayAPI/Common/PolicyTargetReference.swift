/// What a policy is for, in its own namespace (`LocalPolicyTargetReference`).
package struct LocalPolicyTargetReference: Sendable, Hashable {
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

/// What a policy is for, or a part of it (`LocalPolicyTargetReferenceWithSectionName`).
package struct LocalPolicyTargetReferenceWithSectionName: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    package var name: String
    /// The name of a Service port; nil for the whole object.
    package var sectionName: String?

    package init(group: String, kind: String, name: String, sectionName: String? = nil) {
        self.group = group
        self.kind = kind
        self.name = name
        self.sectionName = sectionName
    }
}
