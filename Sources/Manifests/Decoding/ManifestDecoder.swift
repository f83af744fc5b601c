import KubernetesTypes

/// Turns the text of a manifest into objects. One mistake never hides another one, and an object with mistakes never
/// hides its neighbours.
package struct ManifestDecoder: Sendable {
    /// The namespace of objects that do not state one.
    package var defaultNamespace: String

    private let limits = DocumentLimits()

    package init(defaultNamespace: String = "default") {
        self.defaultNamespace = defaultNamespace
    }

    /// - Parameters:
    ///   - text: YAML with any number of documents, or JSON. At most 16 MiB.
    ///   - file: the name of the file in diagnostics.
    package func decode(_ text: String, file: String) -> DecodedManifests {
        var manifests = DecodedManifests()
        for document in DocumentReader(limits: limits).read(text, file: file) {
            switch document {
            case .success(let node): decode(node, inherited: nil, file: file, into: &manifests)
            case .failure(let error): manifests.fail(error, file: file)
            }
        }
        manifests.diagnostics.sort { $0.location < $1.location }
        return manifests
    }

    /// Like `decode(_:file:)`, for bytes that may not be text.
    package func decode(_ bytes: [UInt8], file: String) -> DecodedManifests {
        if let text = String(validating: bytes, as: UTF8.self) { return decode(text, file: file) }
        var manifests = DecodedManifests()
        manifests.fail(Self.encodingError(in: bytes), file: file)
        return manifests
    }

    /// The paths of all fields that the decoder knows on its way through a document, with `[]` for any index or key.
    /// For the comparison of the decoder with the CRDs.
    package func knownFields(in text: String) -> Set<String> {
        var fields: Set<String> = []
        for case .success(let node) in DocumentReader(limits: limits).read(text, file: "") {
            let context = DecodingContext(file: "")
            context.knownFields = []
            guard let kind = kind(of: node, inherited: nil, context: context) else { continue }
            _ = KnownKind.all[kind.groupKind]?.decode(node, context)
            fields.formUnion(context.knownFields ?? [])
        }
        return fields
    }

    private static func encodingError(in bytes: [UInt8]) -> SyntaxError {
        // The first replacement character stands where the first wrong byte is, unless the text has one of its own.
        let text = String(decoding: bytes, as: UTF8.self)
        var position = TextPosition.start
        for scalar in text.unicodeScalars {
            if scalar == "\u{FFFD}" { break }
            position =
                scalar == "\n"
                ? TextPosition(line: position.line + 1, column: 1)
                : TextPosition(line: position.line, column: position.column + 1)
        }
        return SyntaxError(position: position, message: "The file is not UTF-8 text.", help: "Save it as UTF-8.")
    }
}

extension ManifestDecoder {
    /// - Parameter inherited: the kind of the items when the document is a typed list such as `HTTPRouteList`.
    private func decode(
        _ node: DocumentNode, inherited: GroupVersionKind?, file: String, into manifests: inout DecodedManifests
    ) {
        let context = DecodingContext(file: file)
        defer { manifests.diagnostics += context.diagnostics }
        guard let kind = kind(of: node, inherited: inherited, context: context) else {
            manifests.hasUnreadableDocuments = true
            return
        }
        if let items = node["items"], kind.kind.hasSuffix("List") {
            decodeItems(items, of: kind, file: file, context: context, into: &manifests)
        } else if let known = KnownKind.all[kind.groupKind] {
            decode(node, of: kind, known: known, context: context, into: &manifests)
        } else {
            let (namespace, name) = name(of: node)
            if let suggestion = KnownKind.suggestion(for: kind) {
                let position = node["kind"]?.position ?? node.position
                context.warning(
                    .misspelledKind,
                    "There is no kind \(Validator.quoted(kind.kind)) in \(kind.group).",
                    help: "Did you mean \(suggestion)?", at: position, path: FieldPath("kind"))
            }
            manifests.objects.append(
                DecodedObject(
                    object: .unknown(kind, namespace: namespace ?? "", name: name ?? ""),
                    source: SourceLocation(file: file, position: node.position),
                    fieldLocations: FieldLocations(file: file, root: node)))
        }
    }

    private func decodeItems(
        _ items: DocumentNode, of list: GroupVersionKind, file: String, context: DecodingContext,
        into manifests: inout DecodedManifests
    ) {
        guard case .sequence(let nodes) = items.value else {
            guard !items.isNull else { return }
            context.error(
                .wrongType,
                "items must be a list, not \(items.kind).", help: "Begin every object with `- `.", at: items.position,
                path: FieldPath("items"))
            manifests.hasUnreadableDocuments = true
            return
        }
        let element = list.kind == "List" ? nil : String(list.kind.dropLast("List".count))
        for node in nodes {
            decode(
                node, inherited: element.map { GroupVersionKind(group: list.group, version: list.version, kind: $0) },
                file: file, into: &manifests)
        }
    }

    private func decode(
        _ node: DocumentNode, of kind: GroupVersionKind, known: KnownKind, context: DecodingContext,
        into manifests: inout DecodedManifests
    ) {
        let (namespace, name) = name(of: node)
        let key = ObjectKey(
            kind.groupKind, namespace: known.isNamespaced ? namespace ?? defaultNamespace : "", name: name ?? "")
        context.object = name == nil ? kind.kind : key.description
        guard known.versions.contains(kind.version) else {
            context.error(
                .unknownVersion,
                "\(kind.apiVersion) is not a served version of \(kind.kind).",
                help: "Use \(versions(of: kind, known: known)).", at: node["apiVersion"]?.position ?? node.position,
                path: FieldPath("apiVersion"))
            return manifests.fail(name == nil ? nil : key)
        }
        var object = known.decode(node, context)
        let locations = FieldLocations(file: context.file, root: node)
        if var metadata = object.metadata {
            if !known.isNamespaced, !metadata.namespace.isEmpty {
                context.warning(
                    .namespaceOfClusterObject,
                    "A \(kind.kind) is in no namespace.", help: "Take metadata.namespace out.",
                    at: locations.location(of: FieldPath("metadata.namespace")).position,
                    path: FieldPath("metadata.namespace"))
                metadata.namespace = ""
            } else if known.isNamespaced, namespace == nil {
                metadata.namespace = defaultNamespace
            }
            object = object.with(metadata: metadata)
        }
        context.add(object.validate(), locations: locations)
        guard !context.hasErrors else { return manifests.fail(name == nil ? nil : key) }
        manifests.objects.append(
            DecodedObject(
                object: object, source: SourceLocation(file: context.file, position: node.position),
                fieldLocations: locations))
    }

    private func versions(of kind: GroupVersionKind, known: KnownKind) -> String {
        known.versions
            .map { GroupVersionKind(group: kind.group, version: $0, kind: kind.kind).apiVersion }
            .joined(separator: " or ")
    }

    /// What `apiVersion` and `kind` say; reports when they do not say it.
    private func kind(
        of node: DocumentNode, inherited: GroupVersionKind?, context: DecodingContext
    ) -> GroupVersionKind? {
        guard case .mapping = node.value else {
            context.error(
                .notAnObject,
                "A Kubernetes object is expected here, not \(node.kind).",
                help: "Begin it with apiVersion and kind, at the left margin.", at: node.position, path: .root)
            return nil
        }
        let apiVersion = node["apiVersion"]?.text ?? inherited?.apiVersion
        let kind = node["kind"]?.text ?? inherited?.kind
        for (field, value) in [("apiVersion", apiVersion), ("kind", kind)] where value?.isEmpty ?? true {
            context.error(
                .notAnObject,
                "\(field) is missing.",
                help: "Every object begins with apiVersion and kind, for example v1 and Service.",
                at: node[field]?.position ?? node.position, path: FieldPath(field))
        }
        guard let apiVersion, let kind, !apiVersion.isEmpty, !kind.isEmpty else { return nil }
        return GroupVersionKind(apiVersion: apiVersion, kind: kind)
    }

    /// Namespace and name as far as they can be read; nil when absent or empty.
    private func name(of node: DocumentNode) -> (namespace: String?, name: String?) {
        func text(_ field: String) -> String? {
            node["metadata"]?[field]?.text.flatMap { $0.isEmpty ? nil : $0 }
        }
        return (text("namespace"), text("name"))
    }
}

extension DocumentNode {
    fileprivate var text: String? {
        switch value {
        case .string(let text): text
        case .plain(let text) where PlainScalar(text) == .text: text
        default: nil
        }
    }
}

extension DecodedManifests {
    fileprivate mutating func fail(_ error: SyntaxError, file: String) {
        hasUnreadableDocuments = true
        diagnostics.append(
            Diagnostic(
                severity: .error, code: error.code, location: SourceLocation(file: file, position: error.position),
                message: error.message, help: error.help))
    }

    /// nil when the name could not be read.
    fileprivate mutating func fail(_ key: ObjectKey?) {
        if let key { failedKeys.append(key) } else { hasUnreadableDocuments = true }
    }
}
