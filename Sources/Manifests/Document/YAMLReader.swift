import Yams

/// Reads one YAML document.
struct YAMLReader {
    var limits: DocumentLimits

    /// - Parameter budget: the number of values that may still be read; lowered by what was read.
    func read(_ chunk: DocumentSplitter.Chunk, budget: inout Int) -> [Result<DocumentNode, SyntaxError>] {
        var documents: [Result<DocumentNode, SyntaxError>] = []
        do {
            try AliasGuard.check(chunk.text, limits: limits)
            // The parser keeps a pointer into the text, which is stable only for texts too long to be stored inline.
            let text = chunk.text.utf8.count < 16 ? chunk.text + String(repeating: "\n", count: 16) : chunk.text
            // Without rules for plain scalars: their meaning depends on the field (see PlainScalar).
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            while let root = try parser.nextRoot() {
                let node = try convert(root, depth: 1, budget: &budget)
                if !node.isNull { documents.append(.success(node)) }
            }
        } catch let error as SyntaxError {
            documents.append(.failure(error))
        } catch let error as YamlError {
            var error = syntaxError(error, text: chunk.text)
            error.position = min(error.position, Self.end(of: chunk.text))
            documents.append(.failure(error))
        } catch {
            documents.append(
                .failure(
                    SyntaxError(position: .start, message: "The document cannot be read.", help: "Check its syntax.")))
        }
        return documents.map { $0.moved(by: chunk.precedingLines) }
    }

    private func convert(_ node: Node, depth: Int, budget: inout Int) throws(SyntaxError) -> DocumentNode {
        let position = TextPosition(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        budget -= 1
        guard budget >= 0 else {
            throw SyntaxError(
                code: .tooLarge, position: position, message: "The file has more than \(limits.nodes) values.",
                help: "Split it into several files, and do not repeat large parts with aliases.")
        }
        guard depth <= limits.depth else {
            throw SyntaxError(
                code: .tooLarge, position: position,
                message: "Values are nested more than \(limits.depth) levels deep.",
                help: "No Kubernetes object is nested like this; check the brackets and the indentation.")
        }
        switch node {
        case .scalar(let scalar):
            return DocumentNode(position: position, value: value(of: scalar))
        case .sequence(let sequence):
            var elements: [DocumentNode] = []
            elements.reserveCapacity(sequence.count)
            for element in sequence {
                elements.append(try convert(element, depth: depth + 1, budget: &budget))
            }
            return DocumentNode(position: position, value: .sequence(elements))
        case .mapping(let mapping):
            let entries = try convert(mapping, at: position, depth: depth, budget: &budget)
            return DocumentNode(position: position, value: .mapping(entries))
        case .alias:
            // The parser resolves aliases itself.
            throw SyntaxError(position: position, message: "An alias has no anchor.", help: "Write the value out.")
        }
    }

    private func value(of scalar: Node.Scalar) -> DocumentNode.Value {
        let isText = scalar.style != .plain || scalar.tag.rawValue == "tag:yaml.org,2002:str"
        return isText ? .string(scalar.string) : .plain(scalar.string)
    }

    private func convert(
        _ mapping: Node.Mapping, at position: TextPosition, depth: Int, budget: inout Int
    ) throws(SyntaxError) -> [DocumentEntry] {
        var entries: [DocumentEntry] = []
        var merged: [DocumentNode] = []
        entries.reserveCapacity(mapping.count)
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw SyntaxError(
                    position: position, message: "A key of this mapping is a mapping or a list.",
                    help: "Use text as key; a template may have left `{{ }}` behind.")
            }
            let node = try convert(value, depth: depth + 1, budget: &budget)
            if scalar.string == "<<", scalar.style == .plain {
                merged.append(node)
            } else {
                let keyPosition = TextPosition(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
                entries.append(DocumentEntry(key: scalar.string, keyPosition: keyPosition, value: node))
            }
        }
        for node in merged { try merge(node, into: &entries) }
        return entries
    }

    /// YAML 1.1 merge keys: the entries of one or several mappings, which give way to those already there.
    private func merge(_ node: DocumentNode, into entries: inout [DocumentEntry]) throws(SyntaxError) {
        switch node.value {
        case .mapping(let others):
            var keys = Set(entries.map(\.key))
            for entry in others where keys.insert(entry.key).inserted { entries.append(entry) }
        case .sequence(let nodes):
            for node in nodes { try merge(node, into: &entries) }
        case .plain, .string:
            throw SyntaxError(
                position: node.position, message: "The value of `<<` is not a mapping.",
                help: "Use an alias of a mapping, or quote the key.")
        }
    }
}

extension YAMLReader {
    /// Turns the parser's error into one that quotes nothing from the text.
    private func syntaxError(_ error: YamlError, text: String) -> SyntaxError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return SyntaxError(
                position: TextPosition(line: mark.line, column: mark.column),
                message: "The document is not YAML: \(problem).", help: Self.help(for: problem))
        case .duplicatedKeysInMapping(_, let context):
            return SyntaxError(
                code: .duplicateKey, position: TextPosition(line: context.mark.line, column: context.mark.column),
                message: "This key stands twice in its mapping.", help: "Keep one of the two.")
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = before.unicodeScalars.reversed().prefix { $0 != "\n" }.count + 1
            return SyntaxError(
                position: TextPosition(line: line, column: column), message: "The document is not YAML: \(problem).",
                help: "Save the file as UTF-8 text, without control characters.")
        default:
            // Only running out of the parser's own limits is left.
            return SyntaxError(
                code: .tooLarge, position: .start, message: "The document is nested too deeply to be read.",
                help: "No Kubernetes object is nested like this; check the brackets and the indentation.")
        }
    }

    /// The place after the last character.
    private static func end(of text: String) -> TextPosition {
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        return TextPosition(line: lines, column: text.unicodeScalars.reversed().prefix { $0 != "\n" }.count + 1)
    }

    private static func help(for problem: String) -> String {
        switch problem {
        case "found character that cannot start any token":
            "Indent with spaces, YAML does not allow tabs; quote values that begin with @, ` or %."
        case "mapping values are not allowed in this context":
            "Check the indentation, and quote values that contain a colon and a space."
        case "could not find expected ':'", "did not find expected key", "did not find expected '-' indicator":
            "Check the indentation of this line and of the one before."
        case "found undefined alias": "Quote values that begin with *, or define the anchor."
        case "did not find expected alphabetic or numeric character": "Quote values that begin with * or &."
        case "found unexpected end of stream", "found unexpected document indicator": "Close the quote."
        default: "Check the syntax around this place."
        }
    }
}

extension Result<DocumentNode, SyntaxError> {
    fileprivate func moved(by lines: Int) -> Self {
        guard lines > 0 else { return self }
        switch self {
        case .success(var node):
            node.move(by: lines)
            return .success(node)
        case .failure(var error):
            error.position.line += lines
            return .failure(error)
        }
    }
}

extension DocumentNode {
    fileprivate mutating func move(by lines: Int) {
        position.line += lines
        switch value {
        case .plain, .string: break
        case .sequence(var elements):
            value = .sequence([])
            for index in elements.indices { elements[index].move(by: lines) }
            value = .sequence(elements)
        case .mapping(var entries):
            value = .mapping([])
            for index in entries.indices {
                entries[index].keyPosition.line += lines
                entries[index].value.move(by: lines)
            }
            value = .mapping(entries)
        }
    }
}
