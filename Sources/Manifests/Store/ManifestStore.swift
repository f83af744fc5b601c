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

    private let decoder: ManifestDecoder
    private var files: [String: FileState] = [:]
    /// Changed since the last snapshot.
    private var changedFiles: Set<String> = []
    /// The objects of the last snapshot.
    private var published: [DecodedObject] = []
    /// Whether some object of the last snapshot stood in two places.
    private var hadDuplicates = false
    /// `DecodedObject.revision` of the next object that changes. Beginning anywhere, it is unique among stores too.
    private var nextRevision = UInt64.random(in: .min ... .max)

    /// - Parameter defaultNamespace: the namespace of objects that do not state one.
    package init(defaultNamespace: String = "default") {
        decoder = ManifestDecoder(defaultNamespace: defaultNamespace)
    }

    /// Takes note of what a file contains now.
    package mutating func update(file: String, contents: FileContents) {
        let previous = files[file] ?? FileState()
        changedFiles.insert(file)
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
        changedFiles.insert(file)
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
        let names = files.keys.sorted()
        for name in names { snapshot.diagnostics += files[name]?.diagnostics ?? [] }
        if let objects = exchangingFewObjects() {
            published = objects
        } else {
            let duplicates = publishAll(names)
            hadDuplicates = !duplicates.isEmpty
            snapshot.diagnostics += duplicates
        }
        changedFiles = []
        snapshot.objects = published
        for state in files.values where !state.staleKeys.isEmpty {
            for object in state.objects where isStale(object, in: state) { snapshot.staleKeys.insert(object.key) }
        }
        snapshot.diagnostics.sort { $0.location < $1.location }
        return snapshot
    }

    /// Puts all objects together anew.
    private mutating func publishAll(_ names: [String]) -> [Diagnostic] {
        var objects: [DecodedObject] = []
        var duplicates: [Diagnostic] = []
        var places: [ObjectKey: SourceLocation] = [:]
        for name in names {
            guard var state = files[name] else { continue }
            for index in state.objects.indices {
                let object = state.objects[index]
                let key = object.key
                if object.object.metadata != nil {
                    if let place = places[key] {
                        duplicates.append(Self.duplicate(object, of: place))
                        continue
                    }
                    places[key] = object.source
                }
                state.objects[index] = versioned(object, key: key)
                objects.append(state.objects[index])
            }
            files[name] = state
        }
        published = objects.sorted { ($0.key, $0.source) < ($1.key, $1.source) }
        return duplicates
    }

    /// The same by exchanging what stands in the files that changed: much less work among thousands of objects. nil when
    /// many changed, or when an object may stand in two places.
    private mutating func exchangingFewObjects() -> [DecodedObject]? {
        guard !hadDuplicates, changedFiles.count < 16, !published.isEmpty else { return nil }
        var changed: [(key: ObjectKey, object: DecodedObject)] = []
        for name in changedFiles {
            guard var state = files[name] else { continue }
            for index in state.objects.indices {
                let key = state.objects[index].key
                state.objects[index] = versioned(state.objects[index], key: key)
                changed.append((key, state.objects[index]))
            }
            files[name] = state
        }
        changed.sort { ($0.key, $0.object.source) < ($1.key, $1.object.source) }
        let rest = published.filter { !changedFiles.contains($0.source.file) }
        var objects: [DecodedObject] = []
        objects.reserveCapacity(rest.count + changed.count)
        var start = 0
        var previous: ObjectKey?
        for (key, object) in changed {
            let end = Self.position(of: (key, object.source), in: rest)
            objects += rest[start..<end]
            start = end
            if object.object.metadata != nil {
                guard previous != key, end == rest.count || rest[end].key != key, end == 0 || rest[end - 1].key != key
                else { return nil }
                previous = key
            }
            objects.append(object)
        }
        return objects + rest[start...]
    }

    /// Whether this is an object in an earlier version, and the one that is used.
    private func isStale(_ object: DecodedObject, in state: FileState) -> Bool {
        guard object.object.metadata != nil, state.staleKeys.contains(object.key) else { return false }
        let position = Self.position(of: (object.key, object.source), in: published)
        return position < published.count && published[position].source == object.source
    }

    /// Where the first object that does not come before `place` stands in a sorted list.
    private static func position(of place: (ObjectKey, SourceLocation), in objects: [DecodedObject]) -> Int {
        var (low, high) = (0, objects.count)
        while low < high {
            let middle = (low + high) / 2
            if (objects[middle].key, objects[middle].source) < place {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The object with its generation, and with the revision of the last snapshot's if it is the same.
    private mutating func versioned(_ object: DecodedObject, key: ObjectKey) -> DecodedObject {
        var result = object
        guard var metadata = object.object.metadata else { return result }
        let position = Self.position(of: (key, SourceLocation(file: "", position: .start)), in: published)
        if position < published.count, published[position].key == key {
            let before = published[position].object
            let generation = before.metadata?.generation ?? 0
            // Generation and all: is it what it was but for its metadata?
            let isUnchanged = before.with(metadata: metadata) == object.object
            metadata.generation = isUnchanged ? generation : max(generation + 1, metadata.generation)
            result.object = object.object.with(metadata: metadata)
            if isUnchanged, before.metadata == metadata {
                result.revision = published[position].revision
                return result
            }
        } else {
            metadata.generation = max(1, metadata.generation)
            result.object = object.object.with(metadata: metadata)
        }
        result.revision = nextRevision
        nextRevision &+= 1
        return result
    }

    private static func duplicate(_ object: DecodedObject, of place: SourceLocation) -> Diagnostic {
        Diagnostic(
            severity: .error, code: .duplicateObject, location: object.source, object: object.key.description,
            message: "The object stands at \(place) already.", help: "Keep one of the two; the first one is used.")
    }
}
