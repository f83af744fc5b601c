package import KubernetesTypes

/// Finds the places of an object's fields in its file.
package struct FieldLocations: Sendable {
    private let file: String
    private let root: DocumentNode

    init(file: String, root: DocumentNode) {
        self.file = file
        self.root = root
    }

    /// Where the value at the path stands. A field that holds a mapping or a list is at its name; a value that is not
    /// in the file is where the nearest value around it is.
    package func location(of path: FieldPath) -> SourceLocation {
        var node = root
        var position = root.position
        for component in path.components {
            switch (component, node.value) {
            case (.field(let name), .mapping(let entries)), (.key(let name), .mapping(let entries)):
                guard let entry = entries.first(where: { $0.key == name }) else {
                    return SourceLocation(file: file, position: position)
                }
                node = entry.value
                position = entry.position
            case (.index(let index), .sequence(let elements)) where elements.indices.contains(index):
                node = elements[index]
                position = node.position
            default:
                return SourceLocation(file: file, position: position)
            }
        }
        return SourceLocation(file: file, position: position)
    }
}

extension FieldLocations: CustomStringConvertible, CustomReflectable {
    package var description: String { "FieldLocations(\(file):\(root.position))" }

    /// Without the text of the file, which may be a Secret.
    package var customMirror: Mirror { Mirror(self, children: ["file": file]) }
}

extension DocumentEntry {
    /// Where to point when the field is meant.
    var position: TextPosition {
        switch value.value {
        case .plain, .string: value.isNull ? keyPosition : value.position
        case .mapping, .sequence: keyPosition
        }
    }
}

extension DocumentNode {
    /// The same tree without the texts that are not keys.
    var withoutText: DocumentNode {
        var node = self
        switch value {
        case .plain, .string: node.value = .string("")
        case .sequence(let elements): node.value = .sequence(elements.map(\.withoutText))
        case .mapping(let entries):
            node.value = .mapping(
                entries.map {
                    DocumentEntry(key: $0.key, keyPosition: $0.keyPosition, value: $0.value.withoutText)
                })
        }
        return node
    }
}
