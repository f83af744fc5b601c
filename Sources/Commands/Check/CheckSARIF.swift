import Foundation
import KubernetesTypes
import Manifests

/// The result for code scanning: SARIF 2.1.0 (OASIS), one run, one rule for each code that occurs.
struct CheckSARIF {
    private let log: SARIFLog

    init(_ result: ManifestCheck, version: String) {
        let codes = Set(result.diagnostics.map(\.code)).sorted()
        let indices = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
        log = SARIFLog(
            runs: [
                SARIFLog.Run(
                    tool: .init(
                        driver: .init(name: "weir check", semanticVersion: version, rules: codes.map(Self.rule))),
                    results: result.diagnostics.map { Self.result($0, ruleIndex: indices[$0.code] ?? 0, result) })
            ])
    }

    var rendered: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(log), as: UTF8.self)
        }
    }

    private static func rule(_ code: DiagnosticCode) -> SARIFLog.Rule {
        let entry = DiagnosticCatalogue.entry(of: code)
        let title = entry?.title ?? "\(code)"
        return SARIFLog.Rule(
            id: "\(code)", shortDescription: .init(text: title), fullDescription: .init(text: entry?.text ?? title),
            help: .init(text: entry?.text ?? title))
    }

    private static func result(
        _ diagnostic: CheckedDiagnostic, ruleIndex: Int, _ check: ManifestCheck
    ) -> SARIFLog.Result {
        let text = diagnostic.help.isEmpty ? diagnostic.message : "\(diagnostic.message) \(diagnostic.help)"
        let excerpt = check.sources.excerpt(at: diagnostic.location, object: diagnostic.object)
        let length = excerpt?.marked?.count ?? 1
        let position = diagnostic.location.position
        let location = SARIFLog.Location(
            physicalLocation: .init(
                artifactLocation: .init(uri: uri(of: diagnostic.location.file)),
                region: .init(
                    startLine: position.line, startColumn: position.column, endColumn: position.column + length)),
            logicalLocations: diagnostic.object.map { object in
                let path = diagnostic.path == .root ? "" : ".\(diagnostic.path)"
                return [.init(fullyQualifiedName: object + path, kind: "object")]
            })
        return SARIFLog.Result(
            ruleId: "\(diagnostic.code)", ruleIndex: ruleIndex, level: diagnostic.severity.rawValue,
            message: .init(text: text), locations: [location])
    }

    /// Relative to the working directory where possible, which code scanning takes for the root of the repository.
    private static func uri(of file: String) -> String {
        if file == "<stdin>" { return "stdin" }
        var path = file
        let directory = FileManager.default.currentDirectoryPath + "/"
        if path.hasPrefix(directory) { path = String(path.dropFirst(directory.count)) }
        while path.hasPrefix("./") { path = String(path.dropFirst(2)) }
        let encoded = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        // In the first segment of a relative reference a colon would end a scheme (RFC 3986 section 4.2).
        if encoded.hasPrefix("/") { return "file://" + encoded }
        return encoded.split(separator: "/")[0].contains(":") ? "./" + encoded : encoded
    }
}

/// The part of the format that is used.
private struct SARIFLog: Encodable {
    var version = "2.1.0"
    var schema = "https://json.schemastore.org/sarif-2.1.0.json"
    var runs: [Run]

    enum CodingKeys: String, CodingKey {
        case version, runs
        case schema = "$schema"
    }

    struct Run: Encodable {
        var tool: Tool
        var columnKind = "unicodeCodePoints"
        var results: [Result]
    }

    struct Tool: Encodable {
        var driver: Driver
    }

    struct Driver: Encodable {
        var name: String
        var semanticVersion: String
        var rules: [Rule]
    }

    struct Message: Encodable {
        var text: String
    }

    struct Rule: Encodable {
        var id: String
        var shortDescription: Message
        var fullDescription: Message
        var help: Message
    }

    struct Result: Encodable {
        var ruleId: String
        var ruleIndex: Int
        /// `error`, `warning` or `note`.
        var level: String
        var message: Message
        var locations: [Location]
    }

    struct Location: Encodable {
        var physicalLocation: PhysicalLocation
        var logicalLocations: [LogicalLocation]?
    }

    struct PhysicalLocation: Encodable {
        var artifactLocation: ArtifactLocation
        var region: Region
    }

    struct ArtifactLocation: Encodable {
        var uri: String
    }

    struct Region: Encodable {
        var startLine: Int
        var startColumn: Int
        /// One past the last character.
        var endColumn: Int
    }

    struct LogicalLocation: Encodable {
        var fullyQualifiedName: String
        var kind: String
    }
}
