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
    /// What requests can be counted under, by `MatchOutcome.target`: every (listener, hostname pattern, rule), "no rule
    /// matched" for every (listener, hostname pattern), and "no listener" for every port. For metrics and logs; equal
    /// names may occur twice when two rules of a route have the same name.
    package let targets: [TargetInfo]
    /// The table as plain data, for use while this object lives.
    package let matcher: RoutingMatcher
    /// What this table takes of memory without `targets` and compiled expressions, in bytes.
    package var memoryByteCount: Int { arena.byteCount }

    private let arena: Arena
    /// Owners of the programs that candidates point to.
    private let automata: [Automaton]

    package init(_ configuration: RoutingConfiguration) {
        arena = Arena()
        var compiler = TableCompiler(configuration, arena: arena, seed: UInt64.random(in: .min ... .max))
        matcher = RoutingMatcher(ports: compiler.compile())
        ports = configuration.ports.map { PortInfo(address: $0.address, port: $0.port) }
        targets = compiler.targets
        automata = compiler.matchCompiler.automata
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
