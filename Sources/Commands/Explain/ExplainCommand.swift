import ArgumentParser
import Controller
import Explain
import Reconciler

/// `weir explain`: why a request goes where it goes.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what becomes of one request, and why.",
        discussion: """
            Nothing is served and nothing is sent. The port of the URL is a listener's port as its Gateway states it, or with
            --port-offset the port that weir run would open.

            A Service without EndpointSlices is taken to have endpoints.

            Exit code: 0 when a backend gets the request or the client is redirected, 3 when it gets an error from the
            gateway, 2 for wrong usage.
            """)

    /// The request ends in an error answer.
    static let refused = ExitCode(3)

    @OptionGroup var manifests: ManifestOptions

    @Option(name: [.customShort("X"), .customLong("request")], help: ArgumentHelp("Method.", valueName: "method"))
    var method = "GET"

    @Option(
        name: [.customShort("H"), .customLong("header")],
        help: ArgumentHelp("Header; a Host takes the place of the URL's. Repeatable.", valueName: "name: value"))
    var headers: [String] = []

    @Option(help: ArgumentHelp("What weir run adds to every listener port.", valueName: "n"))
    var portOffset = 0

    @Option(name: .shortAndLong, help: "text or json.")
    var output = OutputFormat.text

    @Argument(help: ArgumentHelp("Without a scheme http is meant.", valueName: "url"))
    var url: String

    init() {}

    func validate() throws {
        if manifests.files.isEmpty {
            throw ValidationError("Name at least one manifest file or directory with -f PATH.")
        }
    }

    func run() throws {
        let request: ExplainRequest
        do throws(ExplainError) {
            request = try ExplainRequest(method: method, url: url, headers: headers)
        } catch {
            throw UsageError("\(error)")
        }
        let snapshot = try manifests.load()
        let subject = ExplainSubject(
            snapshot, settings: manifests.settings(for: snapshot), portOffset: portOffset)
        let explanation = subject.explain(request)
        switch output {
        case .text: print(ExplanationText.render(explanation), terminator: "")
        case .json: print(try explanation.prettyJSON(), terminator: "")
        }
        if explanation.verdict.outcome == .refused { throw Self.refused }
    }
}
