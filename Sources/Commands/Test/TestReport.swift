/// The outcome of `weir test`; JSON is its `Encodable` form.
struct TestReport: Encodable {
    var suites: [Suite]

    struct Suite: Encodable {
        /// As it was named.
        var file: String
        var tests: [Test]

        var failureCount: Int { tests.count { !$0.mismatches.isEmpty } }
    }

    struct Test: Encodable {
        var name: String
        /// `file:line:column`.
        var source: String?
        /// Method and URL.
        var request: String
        /// What becomes of it, in a sentence.
        var outcome: String
        /// The rule that decided, and where it stands.
        var rule: String?
        var mismatches: [Mismatch]
    }

    var testCount: Int { suites.reduce(0) { $0 + $1.tests.count } }
    var failureCount: Int { suites.reduce(0) { $0 + $1.failureCount } }
}

extension TestReport {
    /// For a terminal: one line a test, and below a failed one what differs.
    var text: String {
        var lines: [String] = []
        for suite in suites {
            lines.append(suite.file)
            for test in suite.tests {
                lines.append("  \(test.mismatches.isEmpty ? "ok  " : "FAIL") \(test.name)")
                if !test.mismatches.isEmpty { lines += test.details.map { "       \($0)" } }
            }
        }
        let failed = failureCount
        lines.append("")
        lines.append(
            "\(testCount) \(testCount == 1 ? "test" : "tests"), "
                + (failed == 0 ? "all passed" : "\(testCount - failed) passed, \(failed) failed"))
        return lines.joined(separator: "\n") + "\n"
    }
}

extension TestReport.Test {
    /// What was asked, what came of it, and every difference.
    var details: [String] {
        var lines = [request, "=> \(outcome)"] + (rule.map { ["   by \($0)"] } ?? [])
        for mismatch in mismatches {
            lines.append("\(mismatch.field)\(mismatch.source.map { " (\($0))" } ?? "")")
            lines += mismatch.expected.split(separator: "\n").map { "  - \($0)" }
            lines += mismatch.found.split(separator: "\n").map { "  + \($0)" }
        }
        return lines
    }
}
