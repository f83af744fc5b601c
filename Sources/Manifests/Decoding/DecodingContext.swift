import KubernetesTypes

/// What is collected while one object is decoded.
final class DecodingContext {
    let file: String
    /// Names the object in diagnostics.
    var object: String?
    private(set) var diagnostics: [Diagnostic] = []
    /// Places with an error. What a rule says about a value that could not be read is noise.
    private(set) var failedPaths: [FieldPath] = []
    /// True while something is decoded that does not decide whether the object can be used: all problems are warnings.
    var isAdvisory = false
    /// True for Secrets, where a value that slipped to the place of a field name must not be repeated.
    var hidesText = false
    /// When not nil, collects all fields that the decoder knows, as paths with `[]` for any index or key.
    var knownFields: Set<String>?

    init(file: String) {
        self.file = file
    }

    func error(_ code: DiagnosticCode, _ message: String, help: String, at position: TextPosition, path: FieldPath) {
        if !isAdvisory { failedPaths.append(path) }
        report(isAdvisory ? .warning : .error, code, message, help: help, at: position, path: path)
    }

    func warning(_ code: DiagnosticCode, _ message: String, help: String, at position: TextPosition, path: FieldPath) {
        report(.warning, code, message, help: help, at: position, path: path)
    }

    var hasErrors: Bool { !failedPaths.isEmpty }

    /// Adds what validation found, except about values with an error already.
    func add(_ issues: [ValidationIssue], locations: FieldLocations) {
        let unreadable = failedPaths
        for issue in issues where !unreadable.contains(where: { $0.contains(issue.path) || issue.path.contains($0) }) {
            error(
                issue.code, issue.message, help: issue.help, at: locations.location(of: issue.path).position,
                path: issue.path)
        }
    }

    private func report(
        _ severity: Diagnostic.Severity, _ code: DiagnosticCode, _ message: String, help: String,
        at position: TextPosition, path: FieldPath
    ) {
        diagnostics.append(
            Diagnostic(
                severity: severity, code: code, location: SourceLocation(file: file, position: position),
                object: object,
                fieldPath: path, message: message, help: help))
    }
}
