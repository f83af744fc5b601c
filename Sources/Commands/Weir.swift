import ArgumentParser
import Foundation
import Glibc

/// The command line.
struct Weir: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "A Kubernetes Gateway API implementation that also runs without a cluster.",
        version: version,
        subcommands: [Run.self, Check.self, ExplainCommand.self, TestCommand.self])

    /// Follows CHANGELOG.md.
    static let version = "0.1.0"

    /// The exit status of a command line that is wrong.
    static let usageExitCode = ExitCode(2)

    init() {}
}

/// Reads the arguments of the process and does what they say; ends the process when that fails.
package func runCommandLine() async {
    do {
        var command = try Weir.parseAsRoot()
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    } catch {
        let isUsage = error is UsageError || Weir.exitCode(for: error) == .validationFailure
        guard isUsage else { Weir.exit(withError: error) }
        FileHandle.standardError.write(Data("\(Weir.fullMessage(for: error))\n".utf8))
        exit(Weir.usageExitCode.rawValue)
    }
}
