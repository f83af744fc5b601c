import Foundation
import KubernetesTypes
import Manifests

/// The result for programs: an array with one object a diagnostic. Fields are only ever added.
struct CheckJSON {
    private struct Entry: Encodable {
        var file: String
        var line: Int
        var column: Int
        var severity: String
        var code: String
        var message: String
        var help: String
        /// Empty for text that is no object.
        var object: String
        /// The field in the object; empty for the object as a whole.
        var path: String

        init(_ diagnostic: CheckedDiagnostic) {
            file = diagnostic.location.file
            line = diagnostic.location.line
            column = diagnostic.location.column
            severity = diagnostic.severity.rawValue
            code = "\(diagnostic.code)"
            message = diagnostic.message
            help = diagnostic.help
            object = diagnostic.object ?? ""
            path = "\(diagnostic.path)"
        }
    }

    private let entries: [Entry]

    init(_ result: ManifestCheck) {
        entries = result.diagnostics.map(Entry.init)
    }

    var rendered: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(entries), as: UTF8.self)
        }
    }
}
