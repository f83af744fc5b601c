/// Names one object of a cluster, whatever version of its API it was written in.
package struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    /// Empty for cluster-scoped kinds.
    package var namespace: String
    package var name: String

    package init(group: String, kind: String, namespace: String, name: String) {
        self.group = group
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    package init(_ groupKind: GroupKind, namespace: String, name: String) {
        self.init(group: groupKind.group, kind: groupKind.kind, namespace: namespace, name: name)
    }

    package var groupKind: GroupKind { GroupKind(group: group, kind: kind) }

    /// `Kind namespace/name`, `Kind name` for cluster-scoped kinds.
    package var description: String { namespace.isEmpty ? "\(kind) \(name)" : "\(kind) \(namespace)/\(name)" }

    package static func < (lhs: ObjectKey, rhs: ObjectKey) -> Bool {
        (lhs.group, lhs.kind, lhs.namespace, lhs.name) < (rhs.group, rhs.kind, rhs.namespace, rhs.name)
    }
}
