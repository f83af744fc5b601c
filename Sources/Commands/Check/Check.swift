import ArgumentParser
import Foundation
import KubernetesTypes

/// `weir check`: what is wrong with manifests, before anything serves them.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find mistakes in manifest files, without serving them.",
        discussion: """
            Reads, validates and reconciles the manifests as `weir run` does, and looks for what is legal but surely \
            not meant. Every diagnostic has a place, a code such as WR1007 and advice.

            Exit status: 0 when there are no errors (with --strict: no warnings either), 1 when there are, 2 when the \
            command line is wrong.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json, sarif
    }

    @Option(
        name: [.short, .customLong("filename")], parsing: .singleValue,
        help: ArgumentHelp(
            "A manifest file, a directory of them, or - for the standard input. May be repeated.", valueName: "path"))
    var files: [String] = []

    @Option(name: .shortAndLong, help: "text, json, or sarif (2.1.0, for code scanning).")
    var output = Output.text

    @Flag(help: "Fail on warnings too.")
    var strict = false

    @Option(help: ArgumentHelp("Print what a code means, and nothing else.", valueName: "code"))
    var explain: String?

    init() {}

    func validate() throws {
        if let explain {
            guard DiagnosticCatalogue.entry(named: explain) != nil else {
                throw ValidationError(
                    "There is no code \(explain). Codes look like WR1007; docs/diagnostics.md has all.")
            }
        } else if files.isEmpty {
            throw ValidationError("Name at least one manifest file or directory with -f PATH.")
        }
    }

    func run() throws {
        if let entry = explain.flatMap(DiagnosticCatalogue.entry) {
            print("\(entry.code): \(entry.title)\n\n\(entry.text)")
            return
        }
        let now = Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970))
        let result = ManifestCheck(paths: files, now: now)
        switch output {
        case .text: print(CheckText(result, isColored: TerminalStyle.isWanted).rendered, terminator: "")
        case .json: print(try CheckJSON(result).rendered)
        case .sarif: print(try CheckSARIF(result, version: Weir.version).rendered)
        }
        if let worst = result.diagnostics.map(\.severity).max(), worst >= (strict ? .warning : .error) {
            throw ExitCode.failure
        }
    }
}
