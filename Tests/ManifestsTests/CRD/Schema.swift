import Manifests

/// A JSON value, written by the tests and read by the decoder.
indirect enum JSON: Hashable, Sendable {
    case string(String)
    case number(Int)
    case boolean(Bool)
    case list([JSON])
    case object([String: JSON])

    var text: String {
        switch self {
        case .string(let text):
            "\""
                + text.unicodeScalars.map { scalar in
                    switch scalar {
                    case "\"", "\\": "\\\(scalar)"
                    case _ where scalar.value < 0x20:
                        "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2)
                            + String(scalar.value, radix: 16)
                    default: String(scalar)
                    }
                }.joined() + "\""
        case .number(let number): String(number)
        case .boolean(let value): String(value)
        case .list(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .object(let fields):
            "{"
                + fields.sorted { $0.key < $1.key }.map { "\(JSON.string($0.key).text):\($0.value.text)" }
                .joined(separator: ",") + "}"
        }
    }

    init(_ node: DocumentNode) {
        switch node.value {
        case .string(let text): self = .string(text)
        case .plain(let text):
            self = Int(text).map(JSON.number) ?? Bool(text).map(JSON.boolean) ?? .string(text)
        case .sequence(let nodes): self = .list(nodes.map(JSON.init))
        case .mapping(let entries):
            self = .object(Dictionary(uniqueKeysWithValues: entries.map { ($0.key, JSON($0.value)) }))
        }
    }
}

/// What a CRD says about a field.
struct Schema: Sendable {
    var type: String
    var properties: [String: Schema] = [:]
    var required: Set<String> = []
    /// Of lists.
    var items: [Schema] = []
    /// Of maps.
    var values: [Schema] = []
    var defaultValue: JSON?
    var allowed: [JSON] = []
    var pattern: String?
    var format: String?
    var numbers: [String: Int] = [:]

    init(_ node: DocumentNode) {
        type = node["type"]?.string ?? "any"
        if case .mapping(let entries) = node["properties"]?.value {
            properties = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, Schema($0.value)) })
        }
        if case .sequence(let names) = node["required"]?.value { required = Set(names.compactMap(\.string)) }
        items = node["items"].map { [Schema($0)] } ?? []
        if let node = node["additionalProperties"], case .mapping = node.value { values = [Schema(node)] }
        defaultValue = node["default"].map(JSON.init)
        if case .sequence(let values) = node["enum"]?.value { allowed = values.map(JSON.init) }
        pattern = node["pattern"]?.string
        format = node["format"]?.string
        for name in [
            "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
        ] {
            numbers[name] = node[name]?.string.flatMap { Int($0) }
        }
    }

    /// The schemas of a CRD by version.
    static func crd(_ text: String) -> [String: Schema] {
        guard case .success(let node)? = DocumentReader().read(text, file: "crd.yaml").first,
            case .sequence(let versions) = node["spec"]?["versions"]?.value
        else { return [:] }
        var schemas: [String: Schema] = [:]
        for version in versions {
            guard let name = version["name"]?.string, let schema = version["schema"]?["openAPIV3Schema"] else {
                continue
            }
            schemas[name] = Schema(schema)
        }
        return schemas
    }
}

extension DocumentNode {
    fileprivate var string: String? {
        switch value {
        case .string(let text), .plain(let text): text
        default: nil
        }
    }
}

/// A step from a value to one inside of it.
enum Step: Hashable {
    case field(String)
    /// The elements of a list, or the values of a map.
    case inner
}

extension Schema {
    /// All fields and elements below this value, with the steps that lead to them.
    func descendants(_ steps: [Step] = []) -> [(steps: [Step], schema: Schema)] {
        var found: [(steps: [Step], schema: Schema)] = [(steps, self)]
        for (name, schema) in properties { found += schema.descendants(steps + [.field(name)]) }
        for schema in items + values { found += schema.descendants(steps + [.inner]) }
        return found
    }

    /// A value that the CRD accepts, with nothing in it that need not be there except what `steps` lead to.
    func sample(_ steps: ArraySlice<Step> = [], target: JSON? = nil) -> JSON {
        if steps.isEmpty, let target { return target }
        switch type {
        case "object" where !values.isEmpty:
            return .object(["a": values[0].sample(steps.dropFirst(), target: target)])
        case "object":
            return sampleObject(steps, target: target)
        case "array":
            return .list(items.map { $0.sample(steps.dropFirst(), target: target) })
        case "integer":
            return allowed.first ?? .number(numbers["minimum"] ?? 1)
        case "boolean":
            return .boolean(true)
        default:
            return allowed.first ?? .string(sampleText)
        }
    }

    private func sampleObject(_ steps: ArraySlice<Step>, target: JSON?) -> JSON {
        var names = required
        var onPath: String?
        if case .field(let name)? = steps.first {
            names.insert(name)
            onPath = name
        }
        // Rules of the API beyond the schema.
        if properties["kind"]?.defaultValue == .string("Service"), properties["port"] != nil { names.insert("port") }
        if properties["certificateRefs"] != nil { names.insert("certificateRefs") }
        if properties["wellKnownCACertificates"] != nil, onPath != "caCertificateRefs" {
            names.insert("wellKnownCACertificates")
        }
        let isMethodMatch = properties["service"] != nil && properties["method"] != nil
        if isMethodMatch, onPath != "method" { names.insert("service") }
        // A union: the value of an enumeration is the name of the field to be set.
        for (name, schema) in properties where required.contains(name) && !schema.allowed.isEmpty {
            let members = properties.keys.filter { schema.member(named: $0) != nil }
            if members.isEmpty { continue }
            names.insert(onPath.flatMap { members.contains($0) ? $0 : nil } ?? members.sorted()[0])
        }
        var fields: [String: JSON] = [:]
        for name in names {
            guard let schema = properties[name] else { continue }
            fields[name] = name == onPath ? schema.sample(steps.dropFirst(), target: target) : schema.sample()
            if name == "operator", name != onPath { fields[name] = .string("Exists") }
        }
        for (name, schema) in properties where fields[name] != nil && name != onPath {
            if let member = names.compactMap({ schema.member(named: $0) }).first { fields[name] = member }
        }
        if onPath == "clientCertificateRef", properties["mode"] != nil { fields["mode"] = .string("ClientAndServer") }
        // Only expressions are free in what they say.
        if isMethodMatch, onPath == "service" || onPath == "method" { fields["type"] = .string("RegularExpression") }
        // An address of the default type has to be an IP address, which the schema does not say as a limit.
        if onPath == "value", properties["type"]?.defaultValue == .string("IPAddress") {
            fields["type"] = .string("a.example/any")
        }
        return .object(fields)
    }

    private func member(named name: String) -> JSON? {
        allowed.first { if case .string(let text) = $0 { text.lowercased() == name.lowercased() } else { false } }
    }

    /// Everything that the CRD knows, each list and map with one element.
    var complete: JSON {
        switch type {
        case "object" where !values.isEmpty: .object(["a": values[0].complete])
        case "object": .object(properties.mapValues(\.complete))
        case "array": .list(items.map(\.complete))
        default: sample()
        }
    }

    /// A text that fits the pattern and the length.
    var sampleText: String {
        format == "date-time" ? "2026-01-31T12:00:00Z" : ["a", "a/b", "1s", "http://a"].first(where: matches) ?? "a"
    }

    /// A text that fits the pattern and has the given length.
    func sampleText(length: Int) -> String? {
        // Texts without a pattern are paths, short ones names that a rule of the API makes DNS labels.
        let prefixes = pattern == nil ? [length <= 63 ? "" : "/"] : ["", "a/", "http://"]
        return prefixes.map { $0 + String(repeating: "a", count: max(0, length - $0.count)) }
            .first { $0.count == length && matches($0) }
    }

    func matches(_ text: String) -> Bool {
        guard let pattern, let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return true }
        return text.contains(regex)
    }
}
