/// An API group and a kind in it, without a version.
package struct GroupKind: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Empty for the core group.
    package var group: String
    package var kind: String

    package init(group: String, kind: String) {
        self.group = group
        self.kind = kind
    }

    /// `Kind` for the core group, `Kind.group` for any other.
    package var description: String { group.isEmpty ? kind : "\(kind).\(group)" }

    package static func < (lhs: GroupKind, rhs: GroupKind) -> Bool {
        (lhs.group, lhs.kind) < (rhs.group, rhs.kind)
    }
}

/// What `apiVersion` and `kind` of a manifest say.
package struct GroupVersionKind: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Empty for the core group.
    package var group: String
    package var version: String
    package var kind: String

    package init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// - Parameter apiVersion: `version` for the core group, `group/version` for any other.
    package init(apiVersion: String, kind: String) {
        if let slash = apiVersion.firstIndex(of: "/") {
            self.init(
                group: String(apiVersion[..<slash]), version: String(apiVersion[apiVersion.index(after: slash)...]),
                kind: kind)
        } else {
            self.init(group: "", version: apiVersion, kind: kind)
        }
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    package var groupKind: GroupKind { GroupKind(group: group, kind: kind) }

    /// `apiVersion kind`, for example `gateway.networking.k8s.io/v1 HTTPRoute`.
    package var description: String { "\(apiVersion) \(kind)" }

    package static func < (lhs: GroupVersionKind, rhs: GroupVersionKind) -> Bool {
        (lhs.group, lhs.kind, lhs.version) < (rhs.group, rhs.kind, rhs.version)
    }
}
