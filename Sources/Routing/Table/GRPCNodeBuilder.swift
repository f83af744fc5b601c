import HTTPSemantics

extension MatchCompiler {
    /// nil for a match that is none of RPCs.
    mutating func compileGRPC(_ match: RequestMatch) -> CompiledGRPCMatch? {
        guard case .rpc(let method) = match.path else { return nil }
        let (service, name) = method.specificity
        var result = CompiledGRPCMatch(
            group: .any, key: UnsafeRawBufferPointer(start: nil, count: 0), program: nil,
            headers: compile(headers: match.headers), serviceLength: service, methodLength: name)
        switch method {
        case .any: break
        case .exact(let service?, let method?):
            result.group = .method
            result.key = arena.copy("/\(service)/\(method)")
        case .exact(let service?, nil):
            result.group = .service
            result.key = arena.copy(service)
        case .exact(nil, let method?):
            result.group = .name
            result.key = arena.copy(method)
        case .exact(nil, nil):
            result.group = .any
        case .regularExpression(let expression):
            result.group = .regularExpression
            result.program = program(of: expression.path)
        }
        return result
    }
}

/// A match of RPCs as plain data.
struct CompiledGRPCMatch: BitwiseCopyable {
    /// The part of a `GRPCNode` in which it stands.
    enum Group: UInt8, BitwiseCopyable {
        case method, service, name, any, regularExpression
    }

    var group: Group
    /// Of the group's index; empty where there is none.
    var key: UnsafeRawBufferPointer
    var program: UnsafePointer<AutomatonProgram>?
    var headers: UnsafeBufferPointer<FieldCondition>
    var serviceLength: Int
    var methodLength: Int
}

/// A candidate of a GRPCRoute with everything that decides about its place.
struct GRPCEntry: BitwiseCopyable {
    var match: CompiledGRPCMatch
    /// Position of the route in the configuration.
    var route: Int
    /// Position of the rule in the route, then of the match in the rule.
    var position: Int
    var candidate: Candidate

    /// The order of precedence.
    static func isOrderedBefore(_ lhs: GRPCEntry, _ rhs: GRPCEntry) -> Bool {
        let (left, right) = (lhs.match, rhs.match)
        if left.serviceLength != right.serviceLength { return left.serviceLength > right.serviceLength }
        if left.methodLength != right.methodLength { return left.methodLength > right.methodLength }
        if left.headers.count != right.headers.count { return left.headers.count > right.headers.count }
        if lhs.route != rhs.route { return lhs.route < rhs.route }
        return lhs.position < rhs.position
    }
}

/// Puts the candidates of GRPCRoutes for a hostname pattern into the form that requests are matched with.
struct GRPCNodeBuilder {
    let arena: Arena
    let seed: UInt64

    func build(_ entries: [GRPCEntry]) -> UnsafePointer<GRPCNode> {
        var ranked = entries.sorted(by: GRPCEntry.isOrderedBefore).enumerated().map { (rank: $0, entry: $1) }
        ranked.sort { lhs, rhs in
            let (left, right) = (lhs.entry.match, rhs.entry.match)
            if left.group != right.group { return left.group.rawValue < right.group.rawValue }
            if !Bytes.equal(left.key, right.key) { return left.key.lexicographicallyPrecedes(right.key) }
            return lhs.rank < rhs.rank
        }
        let candidates = arena.place(ranked.map(\.entry.candidate))
        var indexed: [CompiledGRPCMatch.Group: [PathNode]] = [:]
        var whole: [CompiledGRPCMatch.Group: UnsafeBufferPointer<Candidate>] = [:]
        var start = 0
        while start < ranked.count {
            let match = ranked[start].entry.match
            var end = start + 1
            while end < ranked.count, ranked[end].entry.match.group == match.group,
                Bytes.equal(ranked[end].entry.match.key, match.key)
            {
                end += 1
            }
            let part = UnsafeBufferPointer(start: candidates + start, count: end - start)
            switch match.group {
            case .method, .service, .name:
                indexed[match.group, default: []].append(PathNode(key: match.key, candidates: part, parent: nil))
            case .any, .regularExpression: whole[match.group] = part
            }
            start = end
        }
        func index(_ group: CompiledGRPCMatch.Group) -> ByteIndex<PathNode> {
            ByteIndex(indexed[group] ?? [], arena: arena) { ByteHash.whole($0, seed: seed) }
        }
        let none = UnsafeBufferPointer<Candidate>(start: nil, count: 0)
        return arena.store(
            GRPCNode(
                candidates: candidates, ranks: arena.place(ranked.map { UInt32(truncatingIfNeeded: $0.rank) }),
                count: ranked.count, methods: index(.method), services: index(.service), names: index(.name),
                any: whole[.any] ?? none, regularExpressions: whole[.regularExpression] ?? none))
    }
}
