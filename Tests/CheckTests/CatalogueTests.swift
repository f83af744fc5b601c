import Foundation
import Testing

@testable import Commands

@Suite struct DiagnosticCatalogueTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private var document: String {
        get throws { try String(contentsOf: Self.root.appending(path: "docs/diagnostics.md"), encoding: .utf8) }
    }

    /// The headings `### WR1001 Title` of docs/diagnostics.md.
    private var headings: [String] {
        get throws {
            try document.split(separator: "\n").filter { $0.hasPrefix("### WR") }.map { String($0.dropFirst(4)) }
        }
    }

    @Test func `the catalogue is that of the documentation`() throws {
        #expect(
            DiagnosticCatalogue.entries.map { "\($0.code) \($0.title)" } == (try headings).sorted(),
            "run scripts/diagnostics-catalogue.py")
        let document = try document
        for entry in DiagnosticCatalogue.entries {
            #expect(
                document.contains("### \(entry.code) \(entry.title)\n\n\(entry.text)\n"),
                "\(entry.code): run scripts/diagnostics-catalogue.py")
        }
    }

    @Test func `every code of the sources has a paragraph, and a meaning of its own`() throws {
        let sources = FileManager.default.enumerator(
            at: Self.root.appending(path: "Sources"), includingPropertiesForKeys: nil)
        var declared: [String] = []
        for case let file as URL in sources ?? .init() where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            declared += text.matches(of: /static let (\w+) = DiagnosticCode\((\d+)\)/)
                .filter { $0.1 != "unclassified" }.map { "WR\($0.2)" }
        }
        let documented = Set(try headings.map { String($0.prefix(6)) })
        #expect(declared.filter { !documented.contains($0) } == [])
        #expect(documented.subtracting(declared) == [])
        #expect(declared.count == Set(declared).count)
    }

    @Test func `a code is found in any case`() {
        #expect(DiagnosticCatalogue.entry(named: "wr3001")?.title == "Rule without backends")
        #expect(DiagnosticCatalogue.entry(named: "WR9999") == nil)
    }
}
