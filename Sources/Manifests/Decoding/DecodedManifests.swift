package import KubernetesTypes

/// An object with its place.
package struct DecodedObject: Sendable {
    package var object: ManifestObject
    /// Where the object begins.
    package var source: SourceLocation
    package var fieldLocations: FieldLocations
    /// Equal in two snapshots of a `ManifestStore` only if the object is, wherever it stands. 0 before it is in one, and
    /// for kinds that are not decoded.
    package var revision: UInt64 = 0

    package var key: ObjectKey { object.key }
}

/// What was found in a file.
package struct DecodedManifests: Sendable {
    /// The objects without errors, in the order of the file.
    package var objects: [DecodedObject] = []
    /// In the order of the file.
    package var diagnostics: [Diagnostic] = []
    /// The objects that have errors, as far as their kind and name could be read.
    package var failedKeys: [ObjectKey] = []
    /// True when some text could not be read at all, so that objects may be missing without being named as failed.
    package var hasUnreadableDocuments = false

    package init() {}

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// How many objects there are of each kind that is not decoded.
    package var unknownKinds: [GroupVersionKind: Int] {
        objects.reduce(into: [:]) { counts, object in
            if case .unknown(let kind, _, _) = object.object { counts[kind, default: 0] += 1 }
        }
    }
}
