import KubernetesTypes
import Manifests

/// One diagnostic, wherever it comes from, as all outputs show it.
struct CheckedDiagnostic: Hashable {
    var location: SourceLocation
    var severity: DiagnosticSeverity
    var code: DiagnosticCode
    /// One sentence: what is wrong. Never contains a value of a Secret.
    var message: String
    /// What to do; may be empty.
    var help: String
    /// For example `HTTPRoute my-app/api-route`; nil for text that is no object.
    var object: String?
    /// The field; the root for the object as a whole.
    var path: FieldPath

    init(_ diagnostic: Manifests.Diagnostic) {
        location = diagnostic.location
        severity = diagnostic.severity
        code = diagnostic.code
        message = diagnostic.message
        help = diagnostic.help
        object = diagnostic.object
        path = diagnostic.fieldPath
    }

    init(
        _ code: DiagnosticCode, _ severity: DiagnosticSeverity, at location: SourceLocation, object: String? = nil,
        path: FieldPath = .root, message: String, help: String
    ) {
        self.location = location
        self.severity = severity
        self.code = code
        self.message = message
        self.help = help
        self.object = object
        self.path = path
    }
}

extension CheckedDiagnostic: Comparable {
    /// In the order of the files; at one place the worst first.
    static func < (lhs: CheckedDiagnostic, rhs: CheckedDiagnostic) -> Bool {
        if lhs.location != rhs.location { return lhs.location < rhs.location }
        if lhs.severity != rhs.severity { return lhs.severity > rhs.severity }
        return (lhs.code, lhs.message) < (rhs.code, rhs.message)
    }
}
