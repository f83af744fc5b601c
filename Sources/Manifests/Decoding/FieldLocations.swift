package import KubernetesTypes

/// Finds the places of an object's fields in its file.
///
/// Kept for every object as long as it is served, so it is small: 16 bytes a field, and no text of the file, which may
/// be a Secret.
package struct FieldLocations: Sendable {
    /// A value and where to point when it is meant.
    private struct Node {
        var line: UInt32
        var column: UInt32
        /// Of the field's name. If two names of one object have the same hash, a message may point at the wrong one.
        var nameHash: UInt32
        /// The number of the node behind this one and all that it contains.
        var end: UInt32

        var position: TextPosition { TextPosition(line: Int(line), column: Int(column)) }
    }

    private let file: String
    /// Every node is followed by those that it contains. Never empty.
    private var nodes: [Node] = []

    init(file: String, root: DocumentNode) {
        self.file = file
        append(root, position: root.position, nameHash: Self.noName)
    }

    private mutating func append(_ node: DocumentNode, position: TextPosition, nameHash: UInt32) {
        let number = nodes.count
        nodes.append(
            Node(
                line: UInt32(clamping: position.line), column: UInt32(clamping: position.column), nameHash: nameHash,
                end: 0))
        switch node.value {
        case .plain, .string: break
        case .sequence(let elements):
            for element in elements { append(element, position: element.position, nameHash: Self.noName) }
        case .mapping(let entries):
            for entry in entries {
                append(entry.value, position: entry.position, nameHash: Self.hash(of: entry.key))
            }
        }
        nodes[number].end = UInt32(clamping: nodes.count)
    }

    /// Where the value at the path stands. A field that holds a mapping or a list is at its name; a value that is not
    /// in the file is where the nearest value around it is.
    package func location(of path: FieldPath) -> SourceLocation {
        var number = 0
        for component in path.components {
            let found =
                switch component {
                case .field(let name), .key(let name): entry(name, of: number)
                case .index(let index): element(index, of: number)
                }
            guard let found else { break }
            number = found
        }
        return SourceLocation(file: file, position: nodes[number].position)
    }

    private func entry(_ name: String, of parent: Int) -> Int? {
        let hash = Self.hash(of: name)
        return children(of: parent).first { nodes[$0].nameHash == hash }
    }

    private func element(_ index: Int, of parent: Int) -> Int? {
        guard index >= 0, let element = children(of: parent).dropFirst(index).first(where: { _ in true }) else {
            return nil
        }
        return nodes[element].nameHash == Self.noName ? element : nil
    }

    private func children(of parent: Int) -> some Sequence<Int> {
        let end = Int(nodes[parent].end)
        return sequence(first: parent + 1) { Int(nodes[$0].end) }.prefix { $0 < end }
    }

    /// Of elements of a list and of the root.
    private static let noName: UInt32 = 0

    /// FNV-1a, never `noName`.
    private static func hash(of name: String) -> UInt32 {
        max(name.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }, 1)
    }
}

extension FieldLocations: CustomStringConvertible, CustomReflectable {
    package var description: String { "FieldLocations(\(file):\(nodes[0].position))" }

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
