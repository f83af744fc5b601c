import Foundation
import KubernetesTypes
import Testing

@testable import Commands

@Suite struct CheckGoldenTests {
    /// `UPDATE_GOLDEN=1 swift test` rewrites the files whose expectation differs.
    @Test(arguments: CheckGolden.all)
    func `a golden file states what is wrong with its manifests`(_ golden: CheckGolden) throws {
        let actual = golden.actual
        guard actual != golden.expected else { return }
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try golden.write(expected: actual)
        } else {
            #expect(actual.split(separator: "\n") == golden.expected.split(separator: "\n"), "\(golden.name)")
        }
    }

    @Test func `every lint has a golden file`() {
        let found = Set(CheckGolden.all.flatMap { $0.result.diagnostics.map(\.code) })
        let lints = DiagnosticCatalogue.entries.map(\.code).filter { $0.number >= 3000 }
        #expect(lints.filter { !found.contains($0) } == [])
    }
}
