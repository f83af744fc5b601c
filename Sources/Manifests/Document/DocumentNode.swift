package import KubernetesTypes

/// A value of a YAML or JSON document with its place. What YAML calls tags, anchors and styles is resolved, except
/// that text in quotes is told from plain text, which may be a number, a boolean or nothing.
package struct DocumentNode: Sendable {
    package enum Value: Sendable {
        /// A scalar without quotes, or a JSON number or literal.
        case plain(String)
        /// A scalar that is text whatever it looks like.
        case string(String)
        /// Keys are distinct.
        case mapping([DocumentEntry])
        case sequence([DocumentNode])
    }

    package var position: TextPosition
    package var value: Value

    package init(position: TextPosition, value: Value) {
        self.position = position
        self.value = value
    }

    /// What the value is, with an article, for messages.
    var kind: String {
        switch value {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .string: "text"
        case .plain(let text):
            switch PlainScalar(text) {
            case .null: "nothing"
            case .boolean: "a boolean"
            case .number: "a number"
            case .text: "text"
            }
        }
    }

    var isNull: Bool {
        if case .plain(let text) = value, PlainScalar(text) == .null { return true }
        return false
    }

    /// The value of a field; nil when there is none, or when this is no mapping.
    package subscript(key: String) -> DocumentNode? {
        guard case .mapping(let entries) = value else { return nil }
        return entries.first { $0.key == key }?.value
    }
}

/// A key of a mapping with its value.
package struct DocumentEntry: Sendable {
    package var key: String
    package var keyPosition: TextPosition
    package var value: DocumentNode

    package init(key: String, keyPosition: TextPosition, value: DocumentNode) {
        self.key = key
        self.keyPosition = keyPosition
        self.value = value
    }
}

/// Why a document cannot be read. Never contains text of the document, which may be a secret.
package struct SyntaxError: Error, Hashable {
    package var code = DiagnosticCode.syntaxError
    package var position: TextPosition
    package var message: String
    package var help: String
}

/// How much of a file is read before it is refused.
struct DocumentLimits: Sendable {
    /// Mappings and lists inside each other.
    var depth = 64
    /// Values of one file, those that aliases repeat included.
    var nodes = 1_000_000
    /// Size of one file.
    var bytes = 16 * 1024 * 1024
    /// Uses of aliases in one document.
    var aliases = 10_000
}
