/// One hostname pattern of a port with all its candidates, compiled into memory of its own.
///
/// The unit that tables have in common: a new table takes over the blocks in which nothing changed. So nothing in a block
/// depends on other blocks: targets are counted from the block's first.
///
/// `@unchecked Sendable`: the memory is written in `init` only.
final class HostBlock: @unchecked Sendable {
    /// Everything a block is made of, but for the indices of backends and the seed.
    struct Source {
        /// What is counted for requests that no rule takes; the others have its names too.
        var noRule: TargetInfo
        var pattern: HostnamePattern
        var routes: [Route] = []

        struct Route {
            /// Index into `RoutingConfiguration.routes`.
            var index: Int
            var configuration: RouteConfiguration
        }

        /// Whether this is what the routes with these numbers make. Quick when they are the same configurations: arrays
        /// that share their memory are not compared element by element.
        func isMade(of numbers: [Int], in configuration: RoutingConfiguration, noRule: TargetInfo) -> Bool {
            guard routes.count == numbers.count, self.noRule == noRule else { return false }
            for (position, number) in numbers.enumerated()
            where routes[position].index != number || routes[position].configuration != configuration.routes[number] {
                return false
            }
            return true
        }
    }

    let source: Source
    /// The first is that of requests that no rule takes.
    let targets: [TargetInfo]
    /// Without what only the table knows: listener, parent, and the number of the first target.
    let node: HostNode
    var byteCount: Int { arena.byteCount }

    private let arena: Arena
    /// Owners of the programs that candidates point to.
    private let automata: [Automaton]

    init(_ source: Source, backends: [BackendID: Int32], seed: UInt64) {
        self.source = source
        arena = Arena(expectedByteCount: Self.expectedByteCount(source))
        var compiler = HostCompiler(arena: arena, backends: backends, noRule: source.noRule)
        for route in source.routes { compiler.append(route) }
        targets = compiler.targets
        node = HostNodeBuilder(arena: arena, seed: seed).build(
            compiler.entries, grpc: compiler.grpcEntries, pattern: source.pattern)
        automata = compiler.matchCompiler.automata
    }

    /// What ordinary rules take: one backend, matches on a path.
    private static func expectedByteCount(_ source: Source) -> Int {
        source.routes.reduce(128) { sum, route in
            route.configuration.rules.reduce(sum) { $0 + 448 + 160 * $1.matches.count }
        }
    }
}

/// Translates the routes of one hostname pattern into candidates.
private struct HostCompiler {
    let arena: Arena
    private(set) var targets: [TargetInfo]
    private(set) var entries: [CandidateEntry] = []
    private(set) var grpcEntries: [GRPCEntry] = []
    private(set) var matchCompiler: MatchCompiler
    private let ruleCompiler: RuleCompiler

    init(arena: Arena, backends: [BackendID: Int32], noRule: TargetInfo) {
        self.arena = arena
        targets = [noRule]
        matchCompiler = MatchCompiler(arena: arena)
        ruleCompiler = RuleCompiler(arena: arena, backendIndices: backends)
    }

    mutating func append(_ route: HostBlock.Source.Route) {
        var target = targets[0]
        target.route = route.configuration.name.description
        for (ruleNumber, rule) in route.configuration.rules.enumerated() {
            target.rule = rule.name ?? "\(rule.index)"
            targets.append(target)
            let compiled = arena.store(ruleCompiler.compile(rule, route: route.index))
            for (matchNumber, match) in rule.matches.enumerated() {
                let position = ruleNumber << 32 | matchNumber
                var candidate = Candidate(
                    rule: compiled, headers: UnsafeBufferPointer(start: nil, count: 0),
                    queryParameters: UnsafeBufferPointer(start: nil, count: 0), path: nil,
                    target: UInt32(targets.count - 1), methods: .all, match: UInt16(truncatingIfNeeded: matchNumber))
                switch route.configuration.kind {
                case .http:
                    guard let match = matchCompiler.compile(match) else { continue }
                    match.complete(&candidate)
                    entries.append(
                        CandidateEntry(
                            kind: match.kind, key: match.key, rank: match.rank, route: route.index,
                            position: position, candidate: candidate))
                case .grpc:
                    guard let match = matchCompiler.compileGRPC(match) else { continue }
                    candidate.headers = match.headers
                    candidate.path = match.program
                    grpcEntries.append(
                        GRPCEntry(match: match, route: route.index, position: position, candidate: candidate))
                }
            }
        }
    }
}
