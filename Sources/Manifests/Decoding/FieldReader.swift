import GatewayAPI
import KubernetesTypes

/// A value that is decoded from a mapping. Decoding always gives a value; what could not be read was reported and is
/// replaced by something harmless, so that one pass finds all mistakes.
protocol FieldDecodable {
    init(_ fields: FieldReader)
}

/// Reads the fields of one mapping and remembers which ones were asked for; the others are unknown.
final class FieldReader {
    let context: DecodingContext
    let path: FieldPath
    /// Where to report that something is missing.
    let position: TextPosition
    private let entries: [DocumentEntry]
    /// A stand-in for a mapping that is missing or is something else, which was reported already.
    private let isSilent: Bool
    private var asked: Set<String> = []

    init(entries: [DocumentEntry], path: FieldPath, position: TextPosition, context: DecodingContext) {
        self.entries = entries
        self.path = path
        self.position = position
        self.context = context
        isSilent = false
    }

    private init(silentAt path: FieldPath, position: TextPosition, context: DecodingContext) {
        entries = []
        self.path = path
        self.position = position
        self.context = context
        isSilent = true
    }

    /// Decodes a mapping and warns about the fields that nobody asked for.
    static func decode<Value: FieldDecodable>(
        _ node: DocumentNode, at position: TextPosition, path: FieldPath, context: DecodingContext
    ) -> Value {
        guard case .mapping(let entries) = node.value else {
            context.error(
                .wrongType,
                "A mapping is expected here, not \(node.kind).", help: "Write fields as `name: value`.", at: position,
                path: path)
            return Value(FieldReader(silentAt: path, position: position, context: context))
        }
        let reader = FieldReader(entries: entries, path: path, position: position, context: context)
        let value = Value(reader)
        reader.warnAboutUnknownFields()
        return value
    }

    /// The entry of a field; nil when it is absent or null, which mean the same to Kubernetes.
    func entry(_ name: String) -> DocumentEntry? {
        asked.insert(name)
        if context.knownFields != nil { context.knownFields?.insert(pattern(of: path.field(name))) }
        return entries.first { $0.key == name && !$0.value.isNull }
    }

    /// Reports that a required field is absent.
    func missing(_ name: String, help: String) {
        guard !isSilent else { return }
        context.error(.missingField, "\(name) is missing.", help: help, at: position, path: path.field(name))
    }

    func error(_ code: DiagnosticCode, _ message: String, help: String, at entry: DocumentEntry) {
        context.error(code, message, help: help, at: entry.position, path: path.field(entry.key))
    }

    /// Fields that are part of the API and of no interest here.
    func ignore(_ names: String...) {
        for name in names { _ = entry(name) }
    }

    private func pattern(of path: FieldPath) -> String {
        path.components.reduce(into: "") { text, component in
            switch component {
            case .field(let name): text += text.isEmpty ? name : ".\(name)"
            case .index, .key: text += "[]"
            }
        }
    }

    private func warnAboutUnknownFields() {
        for entry in entries where !asked.contains(entry.key) {
            let near = suggestion(for: entry.key, among: asked.sorted())
            let name = context.hidesText ? "A field here" : Validator.quoted(entry.key)
            context.warning(
                .unknownField,
                "\(name) is not a field of this object and has no effect.",
                help: near.map { "Did you mean \($0)?" } ?? "Take it out, or check its indentation.",
                at: entry.keyPosition, path: context.hidesText ? path : path.field(entry.key))
        }
    }
}

// MARK: Structures

extension FieldReader {
    func object<Value: FieldDecodable>(_ name: String) -> Value? {
        entry(name).map { Self.decode($0.value, at: $0.position, path: path.field(name), context: context) }
    }

    func requiredObject<Value: FieldDecodable>(_ name: String) -> Value {
        if let value: Value = object(name) { return value }
        missing(name, help: "Add it.")
        return Value(FieldReader(silentAt: path.field(name), position: position, context: context))
    }

    func list<Value: FieldDecodable>(_ name: String) -> [Value]? {
        elements(name)?.map { Self.decode($0.node, at: $0.node.position, path: $0.path, context: context) }
    }

    func requiredList<Value: FieldDecodable>(_ name: String) -> [Value] {
        if let values: [Value] = list(name) { return values }
        if entry(name) == nil { missing(name, help: "Add it with at least one entry.") }
        return []
    }

    /// The elements of a list with their paths; nil when the field is absent or not a list.
    func elements(_ name: String) -> [(node: DocumentNode, path: FieldPath)]? {
        guard let entry = entry(name) else { return nil }
        guard case .sequence(let nodes) = entry.value.value else {
            error(
                .wrongType,
                "\(name) must be a list, not \(entry.value.kind).", help: "Begin every entry with `- `.", at: entry)
            return nil
        }
        let path = path.field(name)
        return nodes.enumerated().map { ($0.element, path.index($0.offset)) }
    }

    /// The entries of a mapping from free names to values; nil when the field is absent or not a mapping.
    func map(_ name: String) -> [(entry: DocumentEntry, path: FieldPath)]? {
        guard let entry = entry(name) else { return nil }
        guard case .mapping(let entries) = entry.value.value else {
            error(
                .wrongType,
                "\(name) must be a mapping, not \(entry.value.kind).", help: "Write its entries as `key: value`.",
                at: entry)
            return nil
        }
        let path = path.field(name)
        return entries.map { ($0, path.key($0.key)) }
    }
}
