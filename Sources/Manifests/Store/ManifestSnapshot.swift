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
