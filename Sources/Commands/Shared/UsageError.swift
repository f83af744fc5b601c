/// What was asked for cannot be done as it was asked: `Weir.usageExitCode`.
struct UsageError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
