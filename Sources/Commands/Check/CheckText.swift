import KubernetesTypes

/// The result for people: every diagnostic with the line that it is about, and how many there are.
struct CheckText {
    private let result: ManifestCheck
    private let style: TerminalStyle

    init(_ result: ManifestCheck, isColored: Bool) {
        self.result = result
        style = TerminalStyle(isColored: isColored)
    }

    var rendered: String {
        result.diagnostics.map(render).joined() + summary + "\n"
    }

    private func render(_ diagnostic: CheckedDiagnostic) -> String {
        let label = style.severity(diagnostic.severity, "\(diagnostic.severity.rawValue)[\(diagnostic.code)]")
        var text = "\(style.bold("\(diagnostic.location):")) \(label)\(style.bold(":")) \(diagnostic.message)\n"
        let excerpt = result.sources.excerpt(at: diagnostic.location, object: diagnostic.object)
        let number = excerpt.map { "\($0.line)" } ?? ""
        let margin = String(repeating: " ", count: number.count)
        if let object = diagnostic.object {
            let path = diagnostic.path == .root ? "" : ", \(diagnostic.path)"
            text += style.faint("\(margin)--> ") + "\(object)\(path)\n"
        }
        if let excerpt {
            text += style.faint("\(number) | ") + excerpt.text + "\n"
            if let marked = excerpt.marked {
                // Tabs stay, so that the marks stand below what they mean.
                let indentation = excerpt.text.prefix(marked.lowerBound).map { $0 == "\t" ? "\t" : " " }.joined()
                let marks = "^" + String(repeating: "~", count: marked.count - 1)
                text += style.faint("\(margin) | ") + indentation + style.severity(diagnostic.severity, marks) + "\n"
            }
        }
        if !diagnostic.help.isEmpty { text += style.faint("\(margin) = ") + "help: \(diagnostic.help)\n" }
        return text + "\n"
    }

    private var summary: String {
        let counts = [DiagnosticSeverity.error, .warning, .note].compactMap { severity -> String? in
            let count = result.diagnostics.count { $0.severity == severity }
            return count == 0 ? nil : plural(count, severity.rawValue)
        }
        let scope = "\(plural(result.objectCount, "object")) in \(plural(result.sources.fileCount, "file"))"
        return counts.isEmpty ? "No problems in \(scope)." : "\(counts.joined(separator: ", ")) in \(scope)."
    }

    private func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
