import KubernetesTypes

/// Keeps the last good version of every object of a set of files.
///
/// An object whose newest version has errors stays as it was, and so do all objects of a file that cannot be read.
/// A document that cannot be read may have been any object, so while there is one in a file, none of the file's
/// objects is taken for deleted. Reads no files itself.
package struct ManifestStore: Sendable {
    private struct FileState {
        var objects: [DecodedObject] = []
        /// Objects of `objects` that come from earlier contents.
        var staleKeys: Set<ObjectKey> = []
        var diagnostics: [Diagnostic] = []
    }

    private struct Version {
        var content: ManifestObject
        var generation: Int64
    }

    private let decoder: ManifestDecoder
    private var files: [String: FileState] = [:]
    private var versions: [ObjectKey: Version] = [:]

    /// - Parameter defaultNamespace: the namespace of objects that do not state one.
    package init(defaultNamespace: String = "default") {
        decoder = ManifestDecoder(defaultNamespace: defaultNamespace)
    }

    /// Takes note of what a file contains now.
    package mutating func update(file: String, contents: FileContents) {
        let previous = files[file] ?? FileState()
        switch contents {
        case .bytes(let bytes):
            files[file] = Self.merge(decoder.decode(bytes, file: file), over: previous)
        case .unreadable(let reason):
            var state = previous
            state.staleKeys = Set(state.objects.map(\.key))
            state.diagnostics = [
                Diagnostic(
                    severity: .error, code: .unreadableFile, location: SourceLocation(file: file, position: .start),
                    message: "The file cannot be read: \(reason).",
                    help: previous.objects.isEmpty
                        ? "Check the path and its permissions."
                        : "Its objects stay as they were; check its permissions.")
            ]
            files[file] = state
        }
    }

    /// Forgets a file with all its objects.
    package mutating func remove(file: String) {
        files[file] = nil
    }

    private static func merge(_ new: DecodedManifests, over previous: FileState) -> FileState {
        let fresh = Set(new.objects.map(\.key))
        let failed = Set(new.failedKeys)
        let kept = previous.objects.filter { object in
            !fresh.contains(object.key) && (new.hasUnreadableDocuments || failed.contains(object.key))
        }
        return FileState(
            objects: new.objects + kept, staleKeys: Set(kept.map(\.key)), diagnostics: new.diagnostics)
    }
}

extension ManifestStore {
    /// The objects of all files together. An object that stands in two places is an error; the first one, by the names
    /// of the files and then by position, is used.
    ///
    /// Objects get generations as an API server would give them: 1 at first, one more whenever something other than
    /// the metadata changes.
    package mutating func snapshot() -> ManifestSnapshot {
        var snapshot = ManifestSnapshot()
        var places: [ObjectKey: SourceLocation] = [:]
        var newVersions: [ObjectKey: Version] = [:]
        for (_, state) in files.sorted(by: { $0.key < $1.key }) {
            snapshot.diagnostics += state.diagnostics
            for object in state.objects {
                guard let metadata = object.object.metadata else {
                    snapshot.objects.append(object)
                    continue
                }
                if let place = places[object.key] {
                    snapshot.diagnostics.append(Self.duplicate(object, of: place))
                    continue
                }
                places[object.key] = object.source
                if state.staleKeys.contains(object.key) { snapshot.staleKeys.insert(object.key) }
                let version = version(of: object, metadata: metadata)
                newVersions[object.key] = version
                snapshot.objects.append(object.with(generation: version.generation, metadata: metadata))
            }
        }
        versions = newVersions
        snapshot.objects.sort { ($0.key, $0.source) < ($1.key, $1.source) }
        snapshot.diagnostics.sort { $0.location < $1.location }
        return snapshot
    }

    private func version(of object: DecodedObject, metadata: ObjectMeta) -> Version {
        let content = object.object.with(metadata: ObjectMeta(name: ""))
        guard let previous = versions[object.key] else {
            return Version(content: content, generation: max(1, metadata.generation))
        }
        guard previous.content != content else { return previous }
        return Version(content: content, generation: max(previous.generation + 1, metadata.generation))
    }

    private static func duplicate(_ object: DecodedObject, of place: SourceLocation) -> Diagnostic {
        Diagnostic(
            severity: .error, code: .duplicateObject, location: object.source, object: object.key.description,
            message: "The object stands at \(place) already.", help: "Keep one of the two; the first one is used.")
    }
}

extension DecodedObject {
    fileprivate func with(generation: Int64, metadata: ObjectMeta) -> DecodedObject {
        var metadata = metadata
        metadata.generation = generation
        var object = self
        object.object = self.object.with(metadata: metadata)
        return object
    }
}
