/// Collects what is wrong with an object while walking through its fields.
package struct Validator {
    package private(set) var issues: [ValidationIssue] = []
    /// Where the walk is.
    private var path = FieldPath.root

    package init() {}

    /// Reports something about the value at the current place.
    /// - Parameter code: of this kind of mistake; docs/diagnostics.md has a paragraph on it.
    package mutating func report(_ code: DiagnosticCode, _ message: String, help: String) {
        issues.append(ValidationIssue(code: code, path: path, message: message, help: help))
    }

    /// Walks into a field of the current value.
    package mutating func field(_ name: String, _ body: (inout Validator) -> Void) {
        enter(.field(name), body)
    }

    /// Walks into a field that may be absent.
    package mutating func field<Value>(_ name: String, _ value: Value?, _ body: (inout Validator, Value) -> Void) {
        guard let value else { return }
        enter(.field(name)) { body(&$0, value) }
    }

    /// Walks into an element of the current list.
    package mutating func element(_ index: Int, _ body: (inout Validator) -> Void) {
        enter(.index(index), body)
    }

    /// Walks into a key of the current map.
    package mutating func key(_ key: String, _ body: (inout Validator) -> Void) {
        enter(.key(key), body)
    }

    /// Walks through a field that is a list and checks the number of its elements.
    package mutating func list<Element>(
        _ name: String, _ elements: [Element], count: ClosedRange<Int>,
        _ body: (inout Validator, Element) -> Void = { _, _ in }
    ) {
        enter(.field(name)) { validator in
            validator.checkCount(elements.count, in: count, of: "\(name)", unit: "entries")
            for (index, element) in elements.enumerated() {
                validator.enter(.index(index)) { body(&$0, element) }
            }
        }
    }

    /// Checks the length, in Unicode scalars, and the format of a text field.
    package mutating func text(
        _ name: String, _ text: String?, length: ClosedRange<Int> = 0...Int.max, format: TextFormat? = nil
    ) {
        guard let text else { return }
        enter(.field(name)) { $0.text(text, called: name, length: length, format: format) }
    }

    /// Checks the current value, a text.
    package mutating func text(
        _ text: String, called name: String, length: ClosedRange<Int> = 0...Int.max, format: TextFormat? = nil
    ) {
        let count = text.unicodeScalars.count
        if text.isEmpty, length.lowerBound > 0 {
            report(.emptyText, "\(name) is empty.", help: "Give it a value or leave the field out if it is optional.")
        } else if !length.contains(count) {
            report(
                .textTooLong,
                "\(name) is \(count) characters long, at most \(length.upperBound) are allowed.",
                help: "Shorten it.")
        } else if let format, !format.matches(text) {
            report(
                .invalidFormat, "\(name) \(Self.quoted(text)) is not valid.", help: "It must be \(format.description).")
        }
    }

    /// Checks a number at a field.
    package mutating func number<Number: BinaryInteger>(
        _ name: String, _ number: Number?, in range: ClosedRange<Number>
    ) {
        guard let number, !range.contains(number) else { return }
        enter(.field(name)) {
            $0.report(
                .numberOutOfRange,
                "\(name) is \(number), outside of \(range.lowerBound)...\(range.upperBound).",
                help: "Use a number from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    /// Checks that a field has one of the values that its CRD lists.
    package mutating func known<Value: OpenEnum>(_ name: String, _ value: Value?) {
        guard let value, !value.isRecognized else { return }
        enter(.field(name)) {
            $0.reportUnknown(name, value.rawValue, known: Value.known.map(\.rawValue))
        }
    }

    /// Reports that the current value is not one of those that the CRD lists.
    package mutating func reportUnknown(_ name: String, _ value: String, known: [String]) {
        let (message, help) = Self.unknownValue(name, value, known: known)
        report(.unknownValue, message, help: help)
    }

    /// Message and help about a value that is not one of those that the CRD lists.
    package static func unknownValue(
        _ name: String, _ value: String, known: [String]
    ) -> (message: String, help: String) {
        let list = known.joined(separator: ", ")
        let help = suggestion(for: value, among: known).map { "Did you mean \($0)? Allowed are: \(list)." }
        return ("\(name) \(quoted(value)) is not known.", help ?? "Use one of: \(list).")
    }

    /// Checks that no two elements of the list at a field have the same key; reports at the second.
    package mutating func unique<Element, Key: Hashable>(
        _ name: String, _ elements: [Element], by key: (Element) -> Key?,
        report body: (inout Validator, Element) -> Void
    ) {
        var seen: Set<Key> = []
        enter(.field(name)) { validator in
            for (index, element) in elements.enumerated() {
                guard let value = key(element), !seen.insert(value).inserted else { continue }
                validator.enter(.index(index)) { body(&$0, element) }
            }
        }
    }

    /// Checks the keys and values of a map of labels or annotations at a field.
    package mutating func map(
        _ name: String, _ map: [String: String], count: ClosedRange<Int>, keyFormat: TextFormat? = nil,
        valueLength: ClosedRange<Int> = 0...Int.max, valueFormat: TextFormat? = nil
    ) {
        enter(.field(name)) { validator in
            validator.checkCount(map.count, in: count, of: name, unit: "entries")
            for (key, value) in map.sorted(by: { $0.key < $1.key }) {
                validator.enter(.key(key)) { validator in
                    if let keyFormat { validator.text(key, called: "the key", format: keyFormat) }
                    validator.text(value, called: "the value", length: valueLength, format: valueFormat)
                }
            }
        }
    }

    /// The text as a message shows it: quoted, and shortened when long.
    package static func quoted(_ text: String) -> String {
        text.unicodeScalars.count <= 64 ? "\"\(text)\"" : "\"\(String(text.unicodeScalars.prefix(60)))…\""
    }

    private mutating func checkCount(_ count: Int, in range: ClosedRange<Int>, of name: String, unit: String) {
        if count < range.lowerBound {
            report(
                .wrongCount,
                "\(name) has \(count) \(unit), at least \(range.lowerBound) must be there.",
                help: "Add what is missing.")
        } else if count > range.upperBound {
            report(
                .wrongCount,
                "\(name) has \(count) \(unit), at most \(range.upperBound) are allowed.",
                help: "Take some out or move them to another object.")
        }
    }

    private mutating func enter(_ component: FieldPath.Component, _ body: (inout Validator) -> Void) {
        path.components.append(component)
        body(&self)
        path.components.removeLast()
    }
}
