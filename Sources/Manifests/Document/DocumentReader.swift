/// Reads the documents of a file, YAML or JSON.
package struct DocumentReader {
    var limits = DocumentLimits()

    package init() {}

    init(limits: DocumentLimits) {
        self.limits = limits
    }

    /// - Parameter file: its extension decides whether errors are those of JSON or of YAML.
    /// - Returns: a value, or the reason why there is none, for each document that is not empty.
    package func read(_ text: String, file: String) -> [Result<DocumentNode, SyntaxError>] {
        guard text.utf8.count <= limits.bytes else {
            return [
                .failure(
                    SyntaxError(
                        code: .tooLarge, position: .start,
                        message: "The file is larger than \(limits.bytes >> 20) MiB.",
                        help: "Split it into several files."))
            ]
        }
        var budget = limits.nodes
        let withoutMark = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        if let first = withoutMark.utf8.first(where: { !" \t\r\n".utf8.contains($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        {
            var reader = JSONReader(withoutMark, limits: limits, budget: budget)
            let documents = reader.documents()
            // A flow mapping is YAML that begins like JSON.
            if file.hasSuffix(".json") || !documents.contains(where: { $0.isFailure }) { return documents }
        }
        return DocumentSplitter.split(withoutMark).flatMap { chunk in
            YAMLReader(limits: limits).read(chunk, budget: &budget)
        }
    }
}

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { return true }
        return false
    }
}
