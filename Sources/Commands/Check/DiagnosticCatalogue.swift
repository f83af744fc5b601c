import KubernetesTypes

/// What docs/diagnostics.md says about every code, for `--explain` and SARIF.
enum DiagnosticCatalogue {
    struct Entry: Hashable {
        var code: DiagnosticCode
        /// A few words.
        var title: String
        /// Markdown.
        var text: String

        init(_ number: UInt16, _ title: String, _ text: String) {
            code = DiagnosticCode(number)
            self.title = title
            self.text = text
        }
    }

    static func entry(of code: DiagnosticCode) -> Entry? { entries.first { $0.code == code } }

    /// - Parameter name: such as `WR1007`, in any case.
    static func entry(named name: String) -> Entry? {
        entries.first { "\($0.code)" == name.uppercased() }
    }
}
