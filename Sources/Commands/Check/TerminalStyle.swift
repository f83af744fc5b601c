import Foundation
import Glibc
import KubernetesTypes

/// Colours of a terminal (ECMA-48 SGR).
struct TerminalStyle {
    var isColored: Bool

    /// Only for people: not into files and pipes, and not if they say no (no-color.org).
    static var isWanted: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR"]?.isEmpty ?? true && environment["TERM"] != "dumb"
    }

    func bold(_ text: String) -> String { paint(text, "1") }

    func faint(_ text: String) -> String { paint(text, "34") }

    func severity(_ severity: DiagnosticSeverity, _ text: String) -> String {
        switch severity {
        case .error: paint(text, "1;31")
        case .warning: paint(text, "1;33")
        case .note: paint(text, "1;36")
        }
    }

    private func paint(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
