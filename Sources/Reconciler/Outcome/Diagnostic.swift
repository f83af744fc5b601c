package import KubernetesTypes

/// Something about one object that its author should know: what it asks for cannot be done, or will not do what it
/// seems to.
package struct Diagnostic: Sendable, Hashable {
    package var object: ObjectKey
    package var code: DiagnosticCode
    /// An error when something is not served as written, a warning when it is served but surely not meant.
    package var severity: DiagnosticSeverity
    /// The field in question.
    package var path: FieldPath
    /// What is wrong.
    package var message: String
    /// What to do; may be empty.
    package var help: String

    package init(
        object: ObjectKey, code: DiagnosticCode, severity: DiagnosticSeverity, path: FieldPath, message: String,
        help: String
    ) {
        self.object = object
        self.code = code
        self.severity = severity
        self.path = path
        self.message = message
        self.help = help
    }
}

/// A diagnostic before it is known which object it belongs to.
struct Finding: Sendable, Hashable {
    var code: DiagnosticCode
    var severity: DiagnosticSeverity
    var path: FieldPath
    var message: String
    var help: String

    init(
        _ code: DiagnosticCode, _ path: FieldPath, _ message: String, help: String = "",
        severity: DiagnosticSeverity = .error
    ) {
        self.code = code
        self.severity = severity
        self.path = path
        self.message = message
        self.help = help
    }

    /// The text for a condition.
    var text: String { help.isEmpty ? message : "\(message) \(help)" }

    func diagnostic(for object: ObjectKey) -> Diagnostic {
        Diagnostic(object: object, code: code, severity: severity, path: path, message: message, help: help)
    }

    /// The same about something that is served all the same.
    var asWarning: Finding {
        var finding = self
        finding.severity = .warning
        return finding
    }
}
