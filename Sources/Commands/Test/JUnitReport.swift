/// A test report in the XML dialect that CI systems read (`testsuites`, `testsuite`, `testcase`, `failure`).
struct JUnitReport {
    let report: TestReport

    var xml: String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites name=\"weir test\" tests=\"\(report.testCount)\" failures=\"\(report.failureCount)\">\n"
        for suite in report.suites {
            text += "  <testsuite name=\"\(escaped(suite.file))\" tests=\"\(suite.tests.count)\""
            text += " failures=\"\(suite.failureCount)\" errors=\"0\" skipped=\"0\">\n"
            for test in suite.tests { text += testCase(test, in: suite) }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private func testCase(_ test: TestReport.Test, in suite: TestReport.Suite) -> String {
        let start = "    <testcase classname=\"\(escaped(suite.file))\" name=\"\(escaped(test.name))\""
        guard !test.mismatches.isEmpty else { return start + "/>\n" }
        let fields = test.mismatches.map(\.field).joined(separator: ", ")
        let details = ((test.source.map { [$0] } ?? []) + test.details).joined(separator: "\n")
        return start + ">\n      <failure type=\"expectation\" message=\"not as expected: \(escaped(fields))\">"
            + escaped(details) + "</failure>\n    </testcase>\n"
    }

    /// Characters that XML 1.0 cannot have at all become U+FFFD.
    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
