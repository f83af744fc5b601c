package import KubernetesTypes

/// Something about a manifest that its author should know.
package struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
    /// An error when the object or document cannot be used as it is.
    package typealias Severity = DiagnosticSeverity

    package var severity: Severity
    /// What kind of mistake it is.
    package var code: DiagnosticCode
    package var location: SourceLocation
    /// The object, for example `HTTPRoute my-app/api-route`; nil for documents that cannot be read.
    package var object: String?
    /// The place inside the object; the root for the object as a whole.
    package var fieldPath: FieldPath
    /// One sentence: what is wrong. Never contains a value of a Secret.
    package var message: String
    /// One sentence: what to do.
    package var help: String

    package init(
        severity: Severity, code: DiagnosticCode, location: SourceLocation, object: String? = nil,
        fieldPath: FieldPath = .root, message: String, help: String
    ) {
        self.severity = severity
        self.code = code
        self.location = location
        self.object = object
        self.fieldPath = fieldPath
        self.message = message
        self.help = help
    }

    /// `file:line:column: error[WR1007]: HTTPRoute a/b: spec.rules[0]: what is wrong. What to do.`
    package var description: String {
        var parts = ["\(location)", "\(severity.rawValue)[\(code)]"]
        if let object { parts.append(object) }
        if fieldPath != .root { parts.append(fieldPath.description) }
        return parts.joined(separator: ": ") + ": \(message) \(help)"
    }
}
