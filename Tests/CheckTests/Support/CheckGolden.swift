import Foundation
import KubernetesTypes
import Manifests
import Testing

@testable import Commands

/// A file of `Golden/`: manifests, then `# ---- expected` and what `weir check` says about them, as comments.
struct CheckGolden: Sendable, CustomTestStringConvertible {
    static let separator = "# ---- expected"
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden")
    /// Certificates in the golden files are looked at on this day.
    static let now = Timestamp(rfc3339: "2026-11-23T12:00:00Z") ?? .epoch

    var url: URL
    var name: String
    var input: String
    var expected: String

    static let all: [CheckGolden] = {
        let urls = (try? FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)) ?? []
        return urls.filter { $0.pathExtension == "yaml" }.compactMap(CheckGolden.init).sorted { $0.name < $1.name }
    }()

    init?(_ url: URL) {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        self.url = url
        name = url.deletingPathExtension().lastPathComponent
        let parts = text.split(separator: Self.separator + "\n", maxSplits: 1, omittingEmptySubsequences: false)
        input = String(parts[0])
        expected = parts.count == 2 ? String(parts[1]) : ""
    }

    var testDescription: String { name }

    var result: ManifestCheck { ManifestCheck(paths: [url.path], now: Self.now) }

    /// One diagnostic a line.
    var actual: String {
        result.diagnostics.map { diagnostic in
            let path = diagnostic.path == .root ? "" : " \(diagnostic.path)"
            let subject = diagnostic.object.map { "\($0)\(path): " } ?? ""
            let help = diagnostic.help.isEmpty ? "" : " \(diagnostic.help)"
            return "# \(diagnostic.location.position) \(diagnostic.severity.rawValue)[\(diagnostic.code)] "
                + "\(subject)\(diagnostic.message)\(help)\n"
        }.joined()
    }

    func write(expected: String) throws {
        let start = input.hasSuffix("\n") ? input : input + "\n"
        try (start + Self.separator + "\n" + expected).write(to: url, atomically: true, encoding: .utf8)
    }
}
