import Foundation
import Reconciler
import Testing

@Suite struct GoldenTests {
    /// `UPDATE_GOLDEN=1 swift test` rewrites the files whose expectation differs.
    @Test(arguments: GoldenCase.all)
    func `a golden file states what becomes of its manifests`(_ golden: GoldenCase) throws {
        let state = try golden.state
        var settings = try golden.settings
        if var pool = settings.addressPool {
            pool.assign(in: state, settings: settings)
            settings.addressPool = pool
        }
        let outcome = reconcile(state, settings: settings)
        let actual = Rendering(outcome).text
        guard actual != golden.expected else { return }
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try golden.write(expected: actual)
        } else {
            Issue.record("\(golden.name):\n\(Self.difference(from: golden.expected, to: actual))")
        }
    }

    @Test func `there are golden files`() {
        #expect(GoldenCase.all.count >= 60)
    }

    private static func difference(from expected: String, to actual: String) -> String {
        let (old, new) = (expected.split(separator: "\n"), actual.split(separator: "\n"))
        return new.difference(from: old).map { change in
            switch change {
            case .insert(_, let line, _): "+ \(line)"
            case .remove(_, let line, _): "- \(line)"
            }
        }
        .joined(separator: "\n")
    }
}
