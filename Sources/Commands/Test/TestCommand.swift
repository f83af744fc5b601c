import ArgumentParser
import Controller
import Explain
import Foundation
import KubernetesTypes
import Manifests

/// `weir test`: requests with expectations, run against manifests without sockets.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Check where requests go, and what becomes of them, against expectations in YAML files.",
        discussion: """
            Nothing is served and nothing is sent. A Service without EndpointSlices is taken to have endpoints.

            Exit code: 0 when every expectation holds, 1 when one does not, 2 for wrong usage and for files that cannot be
            read as they are.
            """)

    @OptionGroup var manifests: ManifestOptions

    @Option(help: ArgumentHelp("Write the results as JUnit XML, too.", valueName: "file"))
    var junit: String?

    @Option(name: .shortAndLong, help: "text or json.")
    var output = OutputFormat.text

    @Argument(help: ArgumentHelp("Files with tests.", valueName: "file"))
    var files: [String]

    init() {}

    func run() throws {
        var suites: [TestReport.Suite] = []
        for file in files { suites.append(try run(file)) }
        let report = TestReport(suites: suites)
        if let junit { try write(JUnitReport(report: report).xml, to: junit) }
        switch output {
        case .text: print(report.text, terminator: "")
        case .json: print(try report.prettyJSON(), terminator: "")
        }
        if report.failureCount > 0 { throw ExitCode.failure }
    }

    private func run(_ file: String) throws(UsageError) -> TestReport.Suite {
        let (suite, diagnostics) = RouteTestSuite.decode(try read(file), file: file)
        try refuse(diagnostics.map(\.description))
        let directory = (file as NSString).deletingLastPathComponent
        let paths = suite.manifests.map { path in
            path.hasPrefix("/") || directory.isEmpty ? path : "\(directory)/\(path)"
        }
        guard !(paths + manifests.files).isEmpty else {
            throw UsageError("\(file) names no manifests: add manifests: [PATH] to it, or -f PATH.")
        }
        let snapshot = try manifests.load(more: paths)
        // An object with errors would not be there: tests would be about something else than what is written.
        try refuse(snapshot.diagnostics.filter { $0.severity == .error }.map(\.description))
        let subject = ExplainSubject(snapshot, settings: manifests.settings(for: snapshot))
        var tests: [TestReport.Test] = []
        for test in suite.tests { tests.append(try run(test, against: subject)) }
        return TestReport.Suite(file: file, tests: tests)
    }

    private func run(_ test: RouteTest, against subject: ExplainSubject) throws(UsageError) -> TestReport.Test {
        let request: ExplainRequest
        do throws(ExplainError) {
            request = try ExplainRequest(
                method: test.request.method, url: try RequestURL(test.request.url),
                headers: test.request.headers.map { ExplainRequest.Field(name: $0.name, value: $0.value) })
        } catch {
            let place = test.location(of: .init("request")).map { "\($0): " } ?? ""
            throw UsageError("\(place)\(error)")
        }
        let explanation = subject.explain(request)
        let rule = explanation.rule.map { rule in
            "\(rule.kind) \(rule.route) rule \(rule.index)\(rule.source.map { " (\($0))" } ?? "")"
        }
        return TestReport.Test(
            name: test.name, source: test.location(of: .root).map { "\($0)" },
            request: "\(request.method) \(request.url)",
            outcome: (explanation.verdict.status.map { "\($0) " } ?? "") + explanation.verdict.message, rule: rule,
            mismatches: ExpectationCheck(test, explanation).mismatches)
    }

    private func refuse(_ problems: [String]) throws(UsageError) {
        if !problems.isEmpty { throw UsageError(problems.joined(separator: "\n")) }
    }

    private func read(_ file: String) throws(UsageError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UsageError("\(file): The file cannot be read.")
        }
        return [UInt8](data)
    }

    private func write(_ text: String, to file: String) throws(UsageError) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        } catch {
            throw UsageError("\(file): The file cannot be written: \(error.localizedDescription)")
        }
    }
}
