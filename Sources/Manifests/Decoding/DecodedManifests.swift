package import KubernetesTypes

/// An object with its place.
///
/// One reference: thousands of them are copied from snapshot to snapshot with every change.
package struct DecodedObject: Sendable {
    /// `@unchecked Sendable`: changed only by the one who has the only reference.
    private final class Storage: @unchecked Sendable {
        var object: ManifestObject
        var source: SourceLocation
        var fieldLocations: FieldLocations
        var revision: UInt64

        init(object: ManifestObject, source: SourceLocation, fieldLocations: FieldLocations, revision: UInt64) {
            self.object = object
            self.source = source
            self.fieldLocations = fieldLocations
            self.revision = revision
        }
    }

    private var storage: Storage

    init(object: ManifestObject, source: SourceLocation, fieldLocations: FieldLocations, revision: UInt64 = 0) {
        storage = Storage(object: object, source: source, fieldLocations: fieldLocations, revision: revision)
    }

    package var object: ManifestObject {
        get { storage.object }
        set { unshared { $0.object = newValue } }
    }
    /// Where the object begins.
    package var source: SourceLocation { storage.source }
    package var fieldLocations: FieldLocations { storage.fieldLocations }
    /// Equal in two snapshots of a `ManifestStore` only if the object is, wherever it stands. 0 before it is in one, and
    /// for kinds that are not decoded.
    package var revision: UInt64 {
        get { storage.revision }
        set { unshared { $0.revision = newValue } }
    }

    package var key: ObjectKey { object.key }

    private mutating func unshared(_ change: (Storage) -> Void) {
        if !isKnownUniquelyReferenced(&storage) {
            storage = Storage(
                object: object, source: source, fieldLocations: fieldLocations, revision: revision)
        }
        change(storage)
    }
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
