/// A candidate with everything that decides about its place.
struct CandidateEntry: BitwiseCopyable {
    var kind: CompiledMatch.PathKind
    var key: UnsafeRawBufferPointer
    /// `CompiledMatch.rank`.
    var rank: UInt64
    /// Position of the route in the configuration.
    var route: Int
    /// Position of the rule in the route, then of the match in the rule.
    var position: Int
    var candidate: Candidate

    /// Groups by kind and path; inside of a group the order of precedence. Regular expressions are one group: among them
    /// the longer pattern comes first.
    static func isOrderedBefore(_ lhs: CandidateEntry, _ rhs: CandidateEntry) -> Bool {
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

/// Puts the hostname patterns of a port into the form that requests are matched with.
struct PortBuilder {
    let arena: Arena
    let seed: UInt64

    /// - Parameter nodes: by number of the pattern.
    func build(_ hosts: HostPatterns, _ nodes: [HostNode], noListenerTarget: UInt32) -> CompiledPort {
        var exactHosts: [HostNode] = []
        var wildcardHosts: [HostNode] = []
        var anyHost: UnsafeMutablePointer<HostNode>?
        for (host, node) in zip(hosts.patterns, nodes) {
            switch host.pattern {
            case .any: anyHost = arena.placeMutable([node])
            case .exact: exactHosts.append(node)
            case .wildcard: wildcardHosts.append(node)
            }
        }
        var port = CompiledPort(
            exactHosts: ByteIndex(exactHosts, arena: arena) { ByteHash.whole($0, seed: seed) },
            wildcardHosts: ByteIndex(wildcardHosts, arena: arena) {
                ByteHash.finish($0.reversed().reduce(seed, ByteHash.rolling))
            }, anyHost: UnsafePointer(anyHost), seed: seed, noListenerTarget: noListenerTarget,
            hasGRPC: nodes.contains { $0.grpc != nil })
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
}

/// Puts the candidates of a hostname pattern into the form that requests are matched with.
struct HostNodeBuilder {
    let arena: Arena
    let seed: UInt64

    func build(_ entries: [CandidateEntry], grpc: [GRPCEntry], pattern: HostnamePattern) -> HostNode {
        let sorted = entries.sorted(by: CandidateEntry.isOrderedBefore)
        var node = build(sorted, arena.place(sorted.map(\.candidate)))
        if !grpc.isEmpty { node.grpc = GRPCNodeBuilder(arena: arena, seed: seed).build(grpc) }
        switch pattern {
        case .any: break
        case .exact(let name), .wildcard(let name): node.key = arena.copy(name.text)
        }
        return node
    }

    private func build(_ entries: [CandidateEntry], _ candidates: UnsafePointer<Candidate>) -> HostNode {
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
            regularExpressions: regularExpressions, grpc: nil, parent: nil, listener: 0, firstTarget: 0)
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
}
