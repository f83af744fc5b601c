import ArgumentParser

/// The command line.
struct Weir: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "A Kubernetes Gateway API implementation that also runs without a cluster.",
        version: version,
        subcommands: [Run.self])

    /// Follows CHANGELOG.md.
    static let version = "0.1.0"

    init() {}
}

/// Reads the arguments of the process and does what they say; ends the process.
package func runCommandLine() async {
    await Weir.main()
}
