/// The place of a value inside an object, for example `spec.rules[0].matches[1].path.value`.
package struct FieldPath: Sendable, Hashable, CustomStringConvertible {
    package enum Component: Sendable, Hashable {
        /// A field of a struct.
        case field(String)
        /// An element of a list, from 0.
        case index(Int)
        /// A key of a map, such as a label.
        case key(String)
    }

    package var components: [Component]

    package init(_ components: [Component] = []) {
        self.components = components
    }

    /// The path of the object itself.
    package static let root = FieldPath()

    /// Reads the form that `description` writes. Meant for literals in code: text that is not a path becomes the name
    /// of a field.
    package init(_ text: String) {
        components = []
        var name = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case ".":
                if !name.isEmpty { components.append(.field(name)) }
                name = ""
            case "[":
                if !name.isEmpty { components.append(.field(name)) }
                name = ""
                let inside = rest.prefix { $0 != "]" }
                rest = rest.dropFirst(inside.count + 1)
                components.append(Int(inside).map(Component.index) ?? .key(String(inside)))
            default:
                name.append(character)
            }
        }
        if !name.isEmpty { components.append(.field(name)) }
    }

    package func field(_ name: String) -> FieldPath { FieldPath(components + [.field(name)]) }

    package func index(_ index: Int) -> FieldPath { FieldPath(components + [.index(index)]) }

    package func key(_ key: String) -> FieldPath { FieldPath(components + [.key(key)]) }

    /// The path of the value that contains this one; nil for the object itself.
    package var parent: FieldPath? { components.isEmpty ? nil : FieldPath(Array(components.dropLast())) }

    /// Whether this is the path of `other` or of a value that contains it.
    package func contains(_ other: FieldPath) -> Bool { other.components.starts(with: components) }

    package var description: String {
        var text = ""
        for component in components {
            switch component {
            case .field(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += "[\(key)]"
            }
        }
        return text
    }
}
