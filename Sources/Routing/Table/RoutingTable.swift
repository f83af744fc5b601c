package import HTTPSemantics

/// A routing configuration, compiled for matching requests. Immutable.
///
/// Everything that matching reads is plain data in memory of this object: a match takes no lock, allocates nothing and
/// touches no reference count. Pointers that come out of a match are valid while the table lives.
///
/// `@unchecked Sendable`: the memory is written in `init` only, before anyone else can have the table.
package final class RoutingTable: @unchecked Sendable {
    /// The ports of the configuration, in its order.
    package let ports: [PortInfo]
    /// How many targets there are: numbers that requests can be counted under, by `MatchOutcome.target`.
    package let targetCount: Int
    /// The table as plain data, for use while this object lives.
    package let matcher: RoutingMatcher
    /// What this table takes of memory without `targets` and compiled expressions, in bytes.
    package var memoryByteCount: Int {
        blocks.reduce(arena.byteCount) { $0 + $1.ordered.reduce(0) { $0 + $1.block.byteCount } }
    }

    private let arena: Arena
    private let seed: UInt64
    private let backends: [BackendID]
    /// By port; they own what the matcher points to.
    private let blocks: [CompiledTablePort]

    /// - Parameter previous: a table that has much in common with this one. What did not change is taken over: compiling
    ///   costs what changed, and a look at the rest.
    package init(_ configuration: RoutingConfiguration, reusing previous: RoutingTable? = nil) {
        arena = Arena()
        seed = previous?.seed ?? UInt64.random(in: .min ... .max)
        backends = configuration.backends.map(\.id)
        var compiler = TableCompiler(
            configuration, arena: arena, seed: seed,
            previous: previous?.backends == backends ? previous?.blocks ?? [] : [])
        matcher = RoutingMatcher(ports: compiler.compile())
        ports = configuration.ports.map { PortInfo(address: $0.address, port: $0.port) }
        blocks = compiler.ports
        targetCount = compiler.targetCount
    }

    /// All targets in the order of their numbers: every (listener, hostname pattern, rule), "no rule matched" for every
    /// (listener, hostname pattern), and "no listener" for every port. For metrics and logs; equal names may occur twice
    /// when two rules of a route have the same name. Made when asked for.
    package var targets: [TargetInfo] { blocks.flatMap(\.targets) }

    /// - Parameter number: `MatchOutcome.target`.
    package func target(_ number: Int) -> TargetInfo {
        let port = blocks.last { $0.firstTarget <= number }
        guard let port else { preconditionFailure("there is no target with number \(number)") }
        return port.target(number)
    }

    /// Whether requests are counted under the same names as with another table.
    package func hasSameTargets(as other: RoutingTable) -> Bool {
        blocks.count == other.blocks.count && zip(blocks, other.blocks).allSatisfy { $0.hasSameTargets(as: $1) }
    }

    /// See `RoutingMatcher.match`.
    package func match(port: Int, request: RequestView) -> MatchOutcome {
        matcher.match(port: port, request: request)
    }

    /// See `RoutingMatcher.listener`.
    package func listener(port: Int, host: UnsafeRawBufferPointer) -> Int32 {
        matcher.listener(port: port, host: host)
    }
}
