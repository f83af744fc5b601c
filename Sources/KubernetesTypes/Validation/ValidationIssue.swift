/// Something in an object that the API server would refuse.
package struct ValidationIssue: Sendable, Hashable, CustomStringConvertible {
    /// What kind of mistake it is.
    package var code: DiagnosticCode
    package var path: FieldPath
    /// One sentence: what is wrong.
    package var message: String
    /// One sentence: what to do.
    package var help: String

    package init(code: DiagnosticCode, path: FieldPath, message: String, help: String) {
        self.code = code
        self.path = path
        self.message = message
        self.help = help
    }

    package var description: String { "\(path): \(message) \(help)" }
}
