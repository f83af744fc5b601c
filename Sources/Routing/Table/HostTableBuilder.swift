/// A candidate with everything that decides about its place.
struct CandidateEntry: BitwiseCopyable {
    /// Number of the hostname pattern.
    var host: Int
    var kind: CompiledMatch.PathKind
    var key: UnsafeRawBufferPointer
    /// `CompiledMatch.rank`.
    var rank: UInt64
    /// Position of the route in the configuration.
    var route: Int
    /// Position of the rule in the route, then of the match in the rule.
    var position: Int
    var candidate: Candidate

    /// Groups by host, kind and path; inside of a group the order of precedence. Regular expressions of one host are
    /// one group: among them the longer pattern comes first.
    static func isOrderedBefore(_ lhs: CandidateEntry, _ rhs: CandidateEntry) -> Bool {
        if lhs.host != rhs.host { return lhs.host < rhs.host }
        if lhs.kind != rhs.kind { return lhs.kind.rawValue < rhs.kind.rawValue }
        if lhs.kind == .regularExpression {
            if lhs.key.count != rhs.key.count { return lhs.key.count > rhs.key.count }
        } else if !Bytes.equal(lhs.key, rhs.key) {
            return lhs.key.lexicographicallyPrecedes(rhs.key)
        }
        if lhs.rank != rhs.rank { return lhs.rank < rhs.rank }
        if lhs.route != rhs.route { return lhs.route < rhs.route }
        return lhs.position < rhs.position
    }
}

/// Puts hostname patterns and candidates into the form that requests are matched with.
struct HostTableBuilder {
    let arena: Arena
    let seed: UInt64

    func build(_ hosts: HostPatterns, _ entries: [CandidateEntry], noListenerTarget: UInt32) -> CompiledPort {
        let sorted = entries.sorted(by: CandidateEntry.isOrderedBefore)
        let candidates = arena.place(sorted.map(\.candidate))
        var exactHosts: [HostNode] = []
        var wildcardHosts: [HostNode] = []
        var anyHost: UnsafeMutablePointer<HostNode>?
        var start = 0
        for (number, host) in hosts.patterns.enumerated() {
            var end = start
            while end < sorted.count, sorted[end].host == number { end += 1 }
            var node = buildHost(sorted[start..<end], candidates)
            node.listener = Int32(truncatingIfNeeded: host.listener)
            node.noRuleTarget = hosts.noRuleTargets[number]
            switch host.pattern {
            case .any:
                anyHost = arena.placeMutable([node])
            case .exact(let name):
                node.key = arena.copy(name.text)
                exactHosts.append(node)
            case .wildcard(let name):
                node.key = arena.copy(name.text)
                wildcardHosts.append(node)
            }
            start = end
        }
        var port = CompiledPort(
            exactHosts: ByteIndex(exactHosts, arena: arena) { ByteHash.whole($0, seed: seed) },
            wildcardHosts: ByteIndex(wildcardHosts, arena: arena, hash: hashFromRight),
            anyHost: UnsafePointer(anyHost), seed: seed, noListenerTarget: noListenerTarget)
        withUnsafePointer(to: &port) { port in
            link(port.pointee.exactHosts, port)
            link(port.pointee.wildcardHosts, port)
        }
        return port
    }

    /// Connects every pattern with the next less specific one of its listener. That is the next less specific one of
    /// the port, if at all: one in between that belonged to another listener would make that listener the owner of
    /// both.
    private func link(_ index: ByteIndex<HostNode>, _ port: UnsafePointer<CompiledPort>) {
        for number in 0..<index.count {
            let node = index.nodes + number
            if let parent = port.wildcardHost(for: node.pointee.key), parent.pointee.listener == node.pointee.listener {
                node.pointee.parent = parent
            }
        }
    }

    private func buildHost(_ entries: ArraySlice<CandidateEntry>, _ candidates: UnsafePointer<Candidate>) -> HostNode {
        var exactPaths: [PathNode] = []
        var prefixes: [PathNode] = []
        var rootPrefix: UnsafePointer<PathNode>?
        var regularExpressions = UnsafeBufferPointer<Candidate>(start: nil, count: 0)
        var start = entries.startIndex
        while start < entries.endIndex {
            let first = entries[start]
            let isExpression = first.kind == .regularExpression
            var end = start + 1
            while end < entries.endIndex, entries[end].kind == first.kind,
                isExpression || Bytes.equal(entries[end].key, first.key)
            {
                end += 1
            }
            let group = UnsafeBufferPointer(start: candidates + start, count: end - start)
            let node = PathNode(key: first.key, candidates: group, parent: nil)
            switch first.kind {
            case .exact: exactPaths.append(node)
            case .regularExpression: regularExpressions = group
            case .prefix where first.key.isEmpty: rootPrefix = arena.store(node)
            case .prefix: prefixes.append(node)
            }
            start = end
        }
        var node = HostNode(
            key: UnsafeRawBufferPointer(start: nil, count: 0),
            exactPaths: ByteIndex(exactPaths, arena: arena) { ByteHash.whole($0, seed: seed) },
            prefixes: ByteIndex(prefixes, arena: arena, hash: hashFromLeft), rootPrefix: rootPrefix,
            regularExpressions: regularExpressions, parent: nil, listener: 0, noRuleTarget: 0)
        withUnsafePointer(to: &node, linkPrefixes)
        return node
    }

    /// Connects every prefix with the longest one that contains it.
    private func linkPrefixes(of host: UnsafePointer<HostNode>) {
        for number in 0..<host.pointee.prefixes.count {
            let node = host.pointee.prefixes.nodes + number
            let key = node.pointee.key
            let end = key.lastIndex(of: UInt8(ascii: "/")) ?? 0
            node.pointee.parent = host.longestPrefix(of: UnsafeRawBufferPointer(rebasing: key[..<end]), seed: seed)
        }
    }

    private func hashFromLeft(_ key: UnsafeRawBufferPointer) -> UInt64 {
        ByteHash.finish(key.reduce(seed, ByteHash.rolling))
    }

    private func hashFromRight(_ key: UnsafeRawBufferPointer) -> UInt64 {
        ByteHash.finish(key.reversed().reduce(seed, ByteHash.rolling))
    }
}
