import HTTPSemantics

extension RoutingMatcher {
    /// The rule for a gRPC request. If some GRPCRoute of the listener is for the host, GRPCRoutes alone decide; the rules
    /// of HTTPRoutes are looked at only where there is none.
    ///
    /// The order of precedence is: more specific hostname, more characters in the service, then in the method, more
    /// header matches, route order, rule, match.
    @inline(never)
    func match(_ port: UnsafePointer<CompiledPort>, rpc: RPCProtocol, request: RequestView) -> MatchOutcome {
        guard let first = port.host(for: request.host) else {
            return MatchOutcome(
                listener: -1, prefixLength: 0, target: port.pointee.noListenerTarget, rpc: rpc, rule: nil)
        }
        guard first.hasGRPC else {
            var outcome = matchHTTP(port, request: request)
            if rpc == .grpc { outcome.rpc = .grpc }
            return outcome
        }
        var next: UnsafePointer<HostNode>? = first
        while let host = next {
            if let candidate = host.pointee.grpc?.candidate(for: request, seed: port.pointee.seed) {
                return MatchOutcome(
                    listener: host.pointee.listener, prefixLength: 0,
                    target: host.pointee.firstTarget &+ candidate.pointee.target, rpc: rpc,
                    rule: candidate.pointee.rule)
            }
            next = host.pointee.parent
        }
        return MatchOutcome(
            listener: first.pointee.listener, prefixLength: 0, target: first.pointee.firstTarget, rpc: rpc, rule: nil)
    }
}

extension UnsafePointer<HostNode> {
    /// Whether this or a less specific pattern of the same listener has rules of GRPCRoutes.
    var hasGRPC: Bool {
        var next: UnsafePointer<HostNode>? = self
        while let host = next {
            if host.pointee.grpc != nil { return true }
            next = host.pointee.parent
        }
        return false
    }
}

extension UnsafePointer<GRPCNode> {
    func candidate(for request: RequestView, seed: UInt64) -> UnsafePointer<Candidate>? {
        let best = withoutExpression(for: request, seed: seed)
        guard pointee.regularExpressions.count > 0 else { return best }
        return expression(for: request, before: best.map(rank) ?? .max) ?? best
    }

    /// The groups whose candidates are for the path, as far as the path is looked up; for `MatchTrace`.
    func groups(for path: UnsafeRawBufferPointer, seed: UInt64) -> [UnsafeBufferPointer<Candidate>] {
        func group(_ index: ByteIndex<PathNode>, _ key: UnsafeRawBufferPointer?) -> UnsafeBufferPointer<Candidate>? {
            guard let key else { return nil }
            return index.find(key, hash: ByteHash.whole(key, seed: seed))?.pointee.candidates
        }
        let parts = GRPCPath(path)
        return [
            group(pointee.methods, path), group(pointee.services, parts?.service), group(pointee.names, parts?.method),
            pointee.any, pointee.regularExpressions,
        ].compactMap(\.self)
    }

    func rank(of candidate: UnsafePointer<Candidate>) -> UInt32 {
        pointee.ranks[candidate - pointee.candidates]
    }

    private func withoutExpression(for request: RequestView, seed: UInt64) -> UnsafePointer<Candidate>? {
        // The usual case: one lookup with the path as it is.
        if let found = first(in: pointee.methods, request.path, request, seed: seed) { return found }
        if pointee.services.count > 0 || pointee.names.count > 0, let path = GRPCPath(request.path) {
            if let found = first(in: pointee.services, path.service, request, seed: seed) { return found }
            if let found = first(in: pointee.names, path.method, request, seed: seed) { return found }
        }
        return pointee.any.first(for: request)
    }

    @inline(__always)
    private func first(
        in index: ByteIndex<PathNode>, _ key: UnsafeRawBufferPointer, _ request: RequestView, seed: UInt64
    ) -> UnsafePointer<Candidate>? {
        guard index.mayHaveKey(ofLength: key.count) else { return nil }
        return index.find(key, hash: ByteHash.whole(key, seed: seed))?.pointee.candidates.first(for: request)
    }

    private func expression(for request: RequestView, before end: UInt32) -> UnsafePointer<Candidate>? {
        guard let base = pointee.regularExpressions.baseAddress else { return nil }
        // Sorted by rank, so those before `end` stand in front.
        var count = 0
        while count < pointee.regularExpressions.count, rank(of: base + count) < end { count += 1 }
        return UnsafeBufferPointer(start: base, count: count).first(for: request)
    }
}
