import KubernetesTypes

extension HTTPRouteMatch {
    func validate(into validator: inout Validator) {
        validator.field("path") { path.validate(into: &$0) }
        validator.known("method", method)
        validator.list("headers", headers, count: 0...16) { validator, header in
            validator.text("name", header.name, length: 1...256, format: .fieldName)
            validator.text("value", header.value, length: 1...4096, format: .fieldValue)
            validator.known("type", header.type)
        }
        validateNames("headers", headers.map(\.name), into: &validator)
        validator.list("queryParams", queryParams, count: 0...16) { validator, parameter in
            validator.text("name", parameter.name, length: 1...256, format: .fieldName)
            validator.text("value", parameter.value, length: 1...1024)
            validator.known("type", parameter.type)
        }
        validateNames("queryParams", queryParams.map(\.name), into: &validator)
    }
}

extension HTTPPathMatch {
    fileprivate func validate(into validator: inout Validator) {
        validator.known("type", type)
        validator.text("value", value, length: 0...1024)
        guard type == .exact || type == .pathPrefix, value.unicodeScalars.count <= 1024 else { return }
        validator.field("value") { validator in
            if !value.hasPrefix("/") {
                validator.report(
                    .invalidPath,
                    "The path \(Validator.quoted(value)) does not begin with /.", help: "Put a / in front.")
            } else if let part = Self.forbiddenPart(of: value) {
                validator.report(
                    .invalidPath,
                    "The path \(Validator.quoted(value)) contains \(part), which no normalised path has.",
                    help: "Write the path as it looks after normalisation, or use `type: RegularExpression`.")
            } else {
                validator.text(value, called: "the path", format: .pathCharacters)
            }
        }
    }

    private static func forbiddenPart(of path: String) -> String? {
        let bytes = Array(path.utf8)
        for part in ["//", "/./", "/../", "%2f", "%2F", "#"] where bytes.contains(sequence: Array(part.utf8)) {
            return part
        }
        return ["/..", "/."].first(where: path.hasSuffix)
    }
}

extension [UInt8] {
    fileprivate func contains(sequence: [UInt8]) -> Bool {
        guard count >= sequence.count else { return false }
        return (0...count - sequence.count).contains { self[$0..<$0 + sequence.count].elementsEqual(sequence) }
    }
}
