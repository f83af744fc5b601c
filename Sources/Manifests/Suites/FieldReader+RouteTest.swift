import KubernetesTypes

/// Short forms that only test suites have.
extension FieldReader {
    /// A number is the index of a rule, text is its name.
    func rule(_ name: String) -> RouteTest.Rule? {
        guard let entry = entry(name) else { return nil }
        if case .plain(let text) = entry.value.value, let index = Int(text), index >= 0 { return .index(index) }
        return string(name).map(RouteTest.Rule.name)
    }

    /// `name`, or a mapping.
    func backend(_ name: String) -> RouteTest.Backend? {
        guard let entry = entry(name) else { return nil }
        if case .mapping = entry.value.value { return object(name) }
        return string(name).map { RouteTest.Backend(name: $0, share: nil) }
    }

    func backends(_ name: String) -> [RouteTest.Backend]? {
        guard let elements = elements(name) else { return nil }
        return elements.compactMap { element in
            if case .mapping = element.node.value {
                return Self.decode(element.node, at: element.node.position, path: element.path, context: context)
            }
            guard let text = element.node.plainText else {
                mistake(
                    "A backend must be a name or a mapping, not \(element.node.kind).",
                    help: "Write it like checkout, or { name: checkout, share: 90 }.", at: element.node.position,
                    path: element.path)
                return nil
            }
            return RouteTest.Backend(name: text, share: nil)
        }
    }

    /// The Location, or a mapping.
    func redirect(_ name: String) -> RouteTest.Redirect? {
        guard let entry = entry(name) else { return nil }
        if case .mapping = entry.value.value { return object(name) }
        return string(name).map { RouteTest.Redirect(location: $0, status: nil) }
    }

    /// `90`, `33.3` or `90%`.
    func share(_ name: String) -> RouteTest.Share? {
        guard let entry = entry(name) else { return nil }
        let text = (entry.value.plainText ?? "").filter { $0 != " " }
        let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard let percent = Double(digits), (0...100).contains(percent) else {
            mistake(
                "\(name) must be a number from 0 to 100, in percent.", help: "Write it like 90.", at: entry.position,
                path: path.field(name))
            return nil
        }
        let decimals = digits.firstIndex(of: ".").map { digits[$0...].count - 1 } ?? 0
        return RouteTest.Share(percent: percent, decimals: decimals)
    }

    /// A mapping from names to values, or to lists of values for several lines of one name.
    func headerLines(_ name: String) -> [RouteTest.Request.Header] {
        (map(name) ?? []).flatMap { entry, path in
            headerValues(entry, path: path).map { RouteTest.Request.Header(name: entry.key, value: $0) }
        }
    }

    /// The same; a null says that there must be no such header.
    func headerExpectations(_ name: String) -> [RouteTest.HeaderExpectation]? {
        map(name)?.map { entry, path in
            RouteTest.HeaderExpectation(
                name: entry.key,
                value: entry.value.isNull ? nil : headerValues(entry, path: path).joined(separator: ","))
        }
    }

    /// Numbers and booleans are taken as they are written: a header has nothing but text.
    private func headerValues(_ entry: DocumentEntry, path: FieldPath) -> [String] {
        if case .sequence(let nodes) = entry.value.value {
            let texts = nodes.compactMap(\.plainText)
            if texts.count == nodes.count, !texts.isEmpty { return texts }
        }
        if let text = entry.value.plainText { return [text] }
        mistake(
            "The value of a header must be text or a list of texts, not \(entry.value.kind).",
            help: "Write it like \(entry.key): \"two\".", at: entry.position, path: path)
        return []
    }

    private func mistake(_ message: String, help: String, at position: TextPosition, path: FieldPath) {
        context.error(.wrongType, message, help: help, at: position, path: path)
    }
}

extension DocumentNode {
    /// The text of a scalar as it is written, whatever YAML makes of it; nil for nothing and for collections.
    fileprivate var plainText: String? {
        switch value {
        case .string(let text): text
        case .plain(let text): isNull ? nil : text
        case .mapping, .sequence: nil
        }
    }
}
