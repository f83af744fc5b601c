package import KubernetesTypes

/// All objects of a set of files at one moment.
package struct ManifestSnapshot: Sendable {
    /// Ascending by key, each key once. Kinds that are not decoded come without promise about their keys.
    package var objects: [DecodedObject] = []
    /// Ascending by location.
    package var diagnostics: [Diagnostic] = []
    /// The objects that are here in an earlier version, because their newest one has errors.
    package var staleKeys: Set<ObjectKey> = []

    package init() {}

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// What has to be done to a copy of `old` to make it this snapshot: objects that are new or may have changed, and
    /// keys that are gone. Costs little for objects that a `ManifestStore` knows to be the same.
    package func changes(since old: ManifestSnapshot?) -> (changed: [DecodedObject], removed: [ObjectKey]) {
        let old = old?.objects ?? []
        var changed: [DecodedObject] = []
        var removed: [ObjectKey] = []
        var (i, j) = (0, 0)
        // Both lists are sorted by key, and most of their objects are the same.
        while i < old.count || j < objects.count {
            if i < old.count, j < objects.count, old[i].revision == objects[j].revision, old[i].revision != 0 {
                (i, j) = (i + 1, j + 1)
            } else if j == objects.count || (i < old.count && old[i].key < objects[j].key) {
                removed.append(old[i].key)
                i += 1
            } else {
                changed.append(objects[j])
                if i < old.count, old[i].key == objects[j].key { i += 1 }
                j += 1
            }
        }
        return (changed, removed)
    }

    /// How many objects there are of each kind that is not decoded.
    package var unknownKinds: [GroupVersionKind: Int] {
        objects.reduce(into: [:]) { counts, object in
            if case .unknown(let kind, _, _) = object.object { counts[kind, default: 0] += 1 }
        }
    }
}

/// What is known about a file.
package enum FileContents: Sendable {
    case bytes([UInt8])
    /// There may be a file, but it cannot be read; the reason is half a sentence, such as "Permission denied".
    case unreadable(String)
}
