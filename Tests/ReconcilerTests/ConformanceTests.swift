import Foundation
import Reconciler
import Testing

/// docs/conformance.md says nothing that is not so.
@Suite struct ConformanceTests {
    private struct Row {
        var test: String
        var features: [String]
        var ours: String
        var holds: Bool
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func rows() throws -> [Row] {
        let text = try String(contentsOf: root.appending(path: "docs/conformance.md"), encoding: .utf8)
        var section = ""
        var rows: [Row] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard line.hasPrefix("|"), cells.count == 4, cells[0] != "Test", !cells[0].hasPrefix("---") else {
                continue
            }
            let own =
                switch section {
                case "HTTPRoute": ["Gateway", "HTTPRoute"]
                case "BackendTLSPolicy": ["Gateway", "HTTPRoute", "BackendTLSPolicy"]
                case "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute": ["Gateway", section]
                default: ["Gateway"]
                }
            let further = cells[1].split(separator: " ").map(String.init).filter { $0 != "-" }
            rows.append(Row(test: cells[0], features: own + further, ours: cells[2], holds: cells[3] == "holds"))
        }
        return rows
    }

    @Test func `all rows of the profiles are listed once`() throws {
        let tests = try Self.rows().map(\.test)
        #expect(tests.count == 23 + 13 + 54 + 6 + 5 + 13 + 8 + 9)
        #expect(Set(tests).count == tests.count)
    }

    /// The suite runs a row when all of its features are claimed.
    @Test func `a feature is claimed exactly when every row that names it holds`() throws {
        let rows = try Self.rows()
        let claimed = Set(SupportedFeatures.all.filter { $0.obstacle == nil }.map(\.name))
        for entry in SupportedFeatures.all where entry.obstacle == nil {
            let run = rows.filter { $0.features.contains(entry.name) && claimed.isSuperset(of: $0.features) }
            let open = run.filter { !$0.holds }.map(\.test)
            #expect(open == [], "\(entry.name) is claimed")
        }
        let named = Set(rows.flatMap(\.features))
        for entry in SupportedFeatures.all where entry.obstacle != nil && named.contains(entry.name) {
            let hasOpenRow = rows.contains { $0.features.contains(entry.name) && !$0.holds }
            #expect(hasOpenRow, "\(entry.name) is not claimed")
        }
        #expect(named.isSubset(of: Set(SupportedFeatures.all.map(\.name))))
    }

    @Test func `what is said to cover a row exists`() throws {
        for row in try Self.rows() {
            #expect(row.ours != "-" || !row.holds, "\(row.test)")
            let words = row.ours.split(separator: "`", omittingEmptySubsequences: false)
            for (index, word) in words.enumerated() where index % 2 == 1 {
                let kind = words[index - 1]
                let path =
                    kind.contains("golden")
                    ? "Tests/ReconcilerTests/Golden/\(word).yaml"
                    : kind.contains("scenario")
                        // FILE::TEST; conformance_map_test.py looks for the test.
                        ? "Tests/ScenarioTests/\(word.prefix { $0 != ":" })" : "Tests/\(word).swift"
                #expect(
                    FileManager.default.fileExists(atPath: Self.root.appending(path: path).path),
                    "\(row.test): \(path)")
            }
        }
    }
}
