import GatewayAPI
import KubernetesTypes

// MARK: Text

extension FieldReader {
    func string(_ name: String) -> String? {
        guard let entry = entry(name) else { return nil }
        return text(of: entry.value, called: name, at: entry.position, path: path.field(name))
    }

    func requiredString(_ name: String, help: String = "Add it.") -> String {
        guard let entry = entry(name) else {
            missing(name, help: help)
            return ""
        }
        return text(of: entry.value, called: name, at: entry.position, path: path.field(name)) ?? ""
    }

    func strings(_ name: String) -> [String]? {
        elements(name)?.map { text(of: $0.node, called: "the entry", at: $0.node.position, path: $0.path) ?? "" }
    }

    func requiredStrings(_ name: String) -> [String] {
        if let values = strings(name) { return values }
        if entry(name) == nil { missing(name, help: "Add it with at least one entry.") }
        return []
    }

    func stringMap(_ name: String) -> [String: String]? {
        guard let entries = map(name) else { return nil }
        var map: [String: String] = [:]
        for (entry, path) in entries {
            // A null value in a map of texts is an empty text.
            map[entry.key] =
                entry.value.isNull
                ? "" : text(of: entry.value, called: "the value", at: entry.position, path: path) ?? ""
        }
        return map
    }

    /// Text is taken from quotes, or from a plain scalar that YAML does not read as something else.
    private func text(
        of node: DocumentNode, called name: String, at position: TextPosition, path: FieldPath
    ) -> String? {
        switch node.value {
        case .string(let text): return text
        case .plain(let text) where PlainScalar(text) == .text: return text
        case .plain(let text) where !node.isNull && !context.hidesText:
            context.error(
                .wrongType,
                "\(name) must be text, but YAML reads \(text) as \(node.kind).",
                help: "Put it in quotes: \"\(text)\".", at: position, path: path)
        default:
            context.error(
                .wrongType,
                "\(name) must be text, not \(node.kind).",
                help: node.kind.hasPrefix("a ") ? "Check the indentation, and quote plain values." : "Give it a value.",
                at: position, path: path)
        }
        return nil
    }
}

// MARK: Enumerations

extension FieldReader {
    /// Values that this version does not know are kept; validation tells about them.
    func openEnum<Value: OpenEnum>(_ name: String) -> Value? {
        string(name).map(Value.init(rawValue:))
    }

    func requiredOpenEnum<Value: OpenEnum>(_ name: String) -> Value {
        Value(rawValue: requiredString(name, help: "Add it with one of: \(Self.list(Value.known.map(\.rawValue)))."))
    }

    func closedEnum<Value: RawRepresentable<String> & CaseIterable>(_ name: String) -> Value? {
        guard let entry = entry(name), let text = string(name) else { return nil }
        if let value = Value(rawValue: text) { return value }
        let (message, help) = Validator.unknownValue(name, text, known: Value.allCases.map(\.rawValue))
        error(.unknownValue, message, help: help, at: entry)
        return nil
    }

    private static func list(_ values: [String]) -> String { values.joined(separator: ", ") }
}

// MARK: Numbers and booleans

extension FieldReader {
    func boolean(_ name: String) -> Bool? {
        guard let entry = entry(name) else { return nil }
        if case .plain(let text) = entry.value.value, case .boolean(let value) = PlainScalar(text) { return value }
        error(
            .wrongType,
            "\(name) must be true or false, not \(entry.value.kind).",
            help: entry.value.kind == "text" ? "Write true or false, without quotes." : "Write true or false.",
            at: entry)
        return nil
    }

    /// - Parameter range: only for the message about numbers that the type cannot hold; validation checks the rest.
    func integer<Number: FixedWidthInteger>(_ name: String, in range: ClosedRange<Number>) -> Number? {
        guard let entry = entry(name) else { return nil }
        return integer(of: entry.value, called: name, in: range, at: entry.position, path: path.field(name))
    }

    func requiredInteger<Number: FixedWidthInteger>(_ name: String, in range: ClosedRange<Number>) -> Number {
        if let entry = entry(name) {
            return integer(of: entry.value, called: name, in: range, at: entry.position, path: path.field(name))
                ?? range.lowerBound
        }
        missing(name, help: "Add it with a number from \(range.lowerBound) to \(range.upperBound).")
        return range.lowerBound
    }

    func port(_ name: String) -> UInt16? { integer(name, in: 1...UInt16.max) }

    func requiredPort(_ name: String) -> UInt16 { requiredInteger(name, in: 1...UInt16.max) }

    func integers(_ name: String, in range: ClosedRange<Int>) -> [Int]? {
        elements(name)?.map {
            integer(of: $0.node, called: "the entry", in: range, at: $0.node.position, path: $0.path)
                ?? range.lowerBound
        }
    }

    func integerOrString(_ name: String) -> IntOrString? {
        guard let entry = entry(name) else { return nil }
        if case .string(let text) = entry.value.value { return .string(text) }
        if case .plain(let text) = entry.value.value, PlainScalar(text) == .text { return .string(text) }
        return integer(of: entry.value, called: name, in: 1...65535, at: entry.position, path: path.field(name))
            .map(IntOrString.int)
    }

    private func integer<Number: FixedWidthInteger>(
        of node: DocumentNode, called name: String, in range: ClosedRange<Number>, at position: TextPosition,
        path: FieldPath
    ) -> Number? {
        let bounds = "\(range.lowerBound)...\(range.upperBound)"
        guard case .plain(let text) = node.value, PlainScalar(text) == .number else {
            let isQuoted = if case .string = node.value { true } else { false }
            context.error(
                .wrongType,
                "\(name) must be a number, not \(node.kind).",
                help: isQuoted ? "Write a whole number, without quotes." : "Write a whole number.", at: position,
                path: path)
            return nil
        }
        let digits = text.hasPrefix("+") || text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            digits == "0" || !digits.hasPrefix("0")
        else {
            context.error(
                .wrongType,
                "\(name) must be a whole number in decimal digits.", help: "Write a number from \(bounds).",
                at: position, path: path)
            return nil
        }
        guard let number = Number(text), range.contains(number) else {
            context.error(
                .numberOutOfRange,
                "\(name) is \(text.prefix(24)), outside of \(bounds).",
                help: "Use a number from \(range.lowerBound) to \(range.upperBound).", at: position, path: path)
            return nil
        }
        return number
    }
}

// MARK: Times

extension FieldReader {
    func duration(_ name: String) -> GatewayDuration? {
        guard let entry = entry(name), let text = string(name) else { return nil }
        if let duration = GatewayDuration(text) { return duration }
        error(
            .notADuration,
            "\(name) \(Validator.quoted(text)) is not a duration.",
            help: "Write one to four numbers with h, m, s or ms, such as 1m30s.", at: entry)
        return nil
    }

    func timestamp(_ name: String) -> Timestamp? {
        guard let entry = entry(name), let text = string(name) else { return nil }
        if let timestamp = Timestamp(rfc3339: text) { return timestamp }
        error(
            .notATime,
            "\(name) \(Validator.quoted(text)) is not a time.", help: "Write it like 2026-01-31T12:00:00Z.", at: entry)
        return nil
    }
}
