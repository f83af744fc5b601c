package import HTTPSemantics

extension RoutingTable {
    /// Matches `request` like `match`, and writes down what is compared.
    ///
    /// It walks through the same nodes, in the same order, with the same lookups and the same condition functions as
    /// `match`, but does not stop at the first candidate that holds. The cost is linear in the candidates of the port.
    package func trace(port: Int, request: RequestView) -> MatchTrace {
        var walk = MatchWalk(table: self, request: request)
        walk.visit(matcher.port(port))
        return walk.trace
    }
}

/// Fills a `MatchTrace`.
private struct MatchWalk {
    let table: RoutingTable
    let request: RequestView
    private(set) var trace = MatchTrace(listener: -1, hostnames: [], candidates: [], winner: nil, prefixLength: 0)
    /// Prefix nodes that a lookup of the request's path finds for the host at hand.
    private var prefixHits: Set<UnsafePointer<PathNode>> = []
    /// Whether GRPCRoutes alone decide.
    private var isForGRPC = false

    init(table: RoutingTable, request: RequestView) {
        self.table = table
        self.request = request
    }

    mutating func visit(_ port: UnsafePointer<CompiledPort>) {
        var tried: Set<UnsafePointer<HostNode>> = []
        var next = port.host(for: request.host)
        trace.listener = next.map { Int($0.pointee.listener) } ?? -1
        isForGRPC = request.rpcProtocol != .none && next?.hasGRPC ?? port.pointee.hasGRPC
        while let host = next {
            tried.insert(host)
            visit(host, isTried: true, seed: port.pointee.seed)
            next = host.pointee.parent
        }
        for host in Self.allHosts(of: port) where !tried.contains(host) {
            visit(host, isTried: false, seed: port.pointee.seed)
        }
    }

    /// Exact names first, then wildcards, the longer name first; names of equal length in the order of the alphabet.
    private static func allHosts(of port: UnsafePointer<CompiledPort>) -> [UnsafePointer<HostNode>] {
        func sorted(_ index: ByteIndex<HostNode>) -> [UnsafePointer<HostNode>] {
            (0..<index.count).map { UnsafePointer(index.nodes + $0) }.sorted { isOrderedBefore($0.pointee, $1.pointee) }
        }
        return sorted(port.pointee.exactHosts) + sorted(port.pointee.wildcardHosts)
            + (port.pointee.anyHost.map { [$0] } ?? [])
    }

    private static func isOrderedBefore(_ lhs: some KeyedNode, _ rhs: some KeyedNode) -> Bool {
        lhs.key.count == rhs.key.count ? lhs.key.lexicographicallyPrecedes(rhs.key) : lhs.key.count > rhs.key.count
    }

    private mutating func visit(_ host: UnsafePointer<HostNode>, isTried: Bool, seed: UInt64) {
        trace.hostnames.append(
            MatchTrace.Hostname(
                pattern: table.target(Int(host.pointee.firstTarget)).hostname,
                listener: Int(host.pointee.listener), isTried: isTried))

        if isForGRPC, let node = host.pointee.grpc { visit(node, seed: seed) }
        visitHTTP(host, seed: seed)
        if !isForGRPC, let node = host.pointee.grpc { visit(node, seed: seed) }
    }

    private mutating func visitHTTP(_ host: UnsafePointer<HostNode>, seed: UInt64) {
        let exactHit = host.pointee.exactPaths.find(
            request.path, hash: ByteHash.whole(request.path, seed: seed))
        for node in Self.sortedNodes(host.pointee.exactPaths) {
            visitHTTP(node.pointee.candidates, pathHolds: node == exactHit, prefixLength: 0)
        }
        visitHTTP(host.pointee.regularExpressions, pathHolds: true, prefixLength: 0)

        prefixHits = []
        var next = host.longestPrefix(of: request.path, seed: seed)
        while let node = next {
            prefixHits.insert(node)
            next = node.pointee.parent
        }
        for node in Self.sortedNodes(host.pointee.prefixes) + (host.pointee.rootPrefix.map { [$0] } ?? []) {
            visitHTTP(
                node.pointee.candidates, pathHolds: prefixHits.contains(node), prefixLength: node.pointee.key.count)
        }
    }

    private static func sortedNodes(_ index: ByteIndex<PathNode>) -> [UnsafePointer<PathNode>] {
        (0..<index.count).map { UnsafePointer(index.nodes + $0) }.sorted { isOrderedBefore($0.pointee, $1.pointee) }
    }

    /// - Parameter pathHolds: what the lookup of the path says; a candidate may still have an expression.
    private mutating func visitHTTP(
        _ candidates: UnsafeBufferPointer<Candidate>, pathHolds: Bool, prefixLength: Int
    ) {
        for candidate in candidates {
            visit(candidate, kindHolds: !isForGRPC, pathHolds: pathHolds, prefixLength: prefixLength)
        }
    }

    /// All candidates of GRPCRoutes by rank.
    private mutating func visit(_ node: UnsafePointer<GRPCNode>, seed: UInt64) {
        var pathHolds: Set<UnsafePointer<Candidate>> = []
        for group in node.groups(for: request.path, seed: seed) {
            if let base = group.baseAddress { pathHolds.formUnion(group.indices.map { base + $0 }) }
        }
        let candidates = (0..<node.pointee.count).map { node.pointee.candidates + $0 }
            .sorted { node.rank(of: $0) < node.rank(of: $1) }
        for candidate in candidates {
            visit(
                candidate.pointee, kindHolds: isForGRPC, pathHolds: pathHolds.contains(candidate), prefixLength: 0)
        }
    }

    private mutating func visit(_ candidate: Candidate, kindHolds: Bool, pathHolds: Bool, prefixLength: Int) {
        let hostname = trace.hostnames.count - 1
        var failures: [MatchTrace.Condition] = trace.hostnames[hostname].isTried ? [] : [.hostname]
        if !kindHolds { failures.append(.kind) }
        if !(pathHolds && candidate.pathHolds(for: request)) { failures.append(.path) }
        failures += candidate.failures(withoutPathFor: request)
        if failures.isEmpty, trace.winner == nil {
            trace.winner = trace.candidates.count
            trace.prefixLength = prefixLength
        }
        trace.candidates.append(
            MatchTrace.Candidate(
                hostname: hostname, route: Int(candidate.rule.pointee.route),
                rule: Int(candidate.rule.pointee.index), match: Int(candidate.match), failures: failures))
    }
}

extension Candidate {
    fileprivate func pathHolds(for request: RequestView) -> Bool { path?.pointee.matches(request.path) ?? true }

    /// The same conditions as `holdsWithoutPath`, all of them.
    fileprivate func failures(withoutPathFor request: RequestView) -> [MatchTrace.Condition] {
        var failures: [MatchTrace.Condition] = []
        if !methods.contains(request.method) { failures.append(.method) }
        for condition in headers where !condition.holds(forHeadersOf: request) {
            failures.append(.header(condition.nameText))
        }
        for condition in queryParameters where !condition.holds(forQuery: request.query) {
            failures.append(.queryParameter(condition.nameText))
        }
        return failures
    }
}

extension FieldCondition {
    fileprivate var nameText: String { String(decoding: name, as: UTF8.self) }
}
