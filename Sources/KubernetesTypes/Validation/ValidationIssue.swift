/// Something in an object that the API server would refuse.
package struct ValidationIssue: Sendable, Hashable, CustomStringConvertible {
    package var path: FieldPath
    /// One sentence: what is wrong.
    package var message: String
    /// One sentence: what to do.
    package var help: String

    package init(path: FieldPath, message: String, help: String) {
        self.path = path
        self.message = message
        self.help = help
    }

    package var description: String { "\(path): \(message) \(help)" }
}
