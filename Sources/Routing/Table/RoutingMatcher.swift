package import HTTPSemantics

/// Finds the rule for a request: the routing table without its ownership.
///
/// Plain data, so an event loop can keep it beside its connections and use it without touching the reference count of
/// the table, which all loops share. Valid while the table lives.
package struct RoutingMatcher: BitwiseCopyable {
    let ports: UnsafeBufferPointer<CompiledPort>

    /// The rule for `request` on the port with this index (of `RoutingTable.ports`).
    ///
    /// The listener with the most specific hostname is chosen first, and only its routes are looked at. Among them the
    /// order of precedence is: more specific hostname, Exact path, regular expression (longer pattern first), longer
    /// PathPrefix, method match, more header matches, more query parameter matches, route order, rule, match.
    ///
    /// For gRPC requests see `RoutingMatcher+GRPC`.
    package func match(port: Int, request: RequestView) -> MatchOutcome {
        let port = self.port(port)
        if port.pointee.hasGRPC, request.fields.count > 0 {
            let rpc = request.rpcProtocol
            if rpc != .none { return match(port, rpc: rpc, request: request) }
        }
        return matchHTTP(port, request: request)
    }

    @inline(__always)
    func matchHTTP(_ port: UnsafePointer<CompiledPort>, request: RequestView) -> MatchOutcome {
        guard let first = port.host(for: request.host) else {
            return MatchOutcome(listener: -1, prefixLength: 0, target: port.pointee.noListenerTarget, rule: nil)
        }
        var next: UnsafePointer<HostNode>? = first
        while let host = next {
            if let (candidate, prefixLength) = host.candidate(for: request, seed: port.pointee.seed) {
                return MatchOutcome(
                    listener: host.pointee.listener, prefixLength: Int32(truncatingIfNeeded: prefixLength),
                    target: host.pointee.firstTarget &+ candidate.pointee.target, rule: candidate.pointee.rule)
            }
            next = host.pointee.parent
        }
        return MatchOutcome(
            listener: first.pointee.listener, prefixLength: 0, target: first.pointee.firstTarget, rule: nil)
    }

    /// The listener of a port that takes requests for `host` (as in `RequestView.host`), or -1: the one with the most
    /// specific hostname.
    package func listener(port: Int, host: UnsafeRawBufferPointer) -> Int32 {
        self.port(port).host(for: host)?.pointee.listener ?? -1
    }

    func port(_ index: Int) -> UnsafePointer<CompiledPort> {
        guard let base = ports.baseAddress, ports.indices.contains(index) else {
            preconditionFailure("there is no port with index \(index)")
        }
        return base + index
    }
}

// Methods of pointers, not of the nodes: calling a method of a large value through a pointer may copy the value.

extension UnsafePointer<CompiledPort> {
    /// The most specific pattern that takes `host`. It belongs to the listener with the most specific hostname, since
    /// the patterns of other listeners that it shadows are not in the table.
    func host(for host: UnsafeRawBufferPointer) -> UnsafePointer<HostNode>? {
        if pointee.exactHosts.mayHaveKey(ofLength: host.count),
            let node = pointee.exactHosts.find(host, hash: ByteHash.whole(host, seed: pointee.seed))
        {
            return node
        }
        return pointee.wildcardHosts.count > 0 ? wildcardHost(for: host) : pointee.anyHost
    }

    /// From the right, so that the hash of every suffix is there when its dot is reached; the last find is the longest.
    func wildcardHost(for host: UnsafeRawBufferPointer) -> UnsafePointer<HostNode>? {
        var result = pointee.anyHost
        var hash = pointee.seed
        var offset = host.count - 1
        let last = max(host.count - 1 - pointee.wildcardHosts.maximumLength, 1)
        // A dot at the very start has no label before it.
        while offset >= last {
            let byte = host[offset]
            let length = host.count &- offset &- 1
            if byte == UInt8(ascii: "."), pointee.wildcardHosts.mayHaveKey(ofLength: length) {
                let suffix = UnsafeRawBufferPointer(rebasing: host[(offset &+ 1)...])
                if let node = pointee.wildcardHosts.find(suffix, hash: ByteHash.finish(hash)) { result = node }
            }
            hash = ByteHash.rolling(hash, byte)
            offset &-= 1
        }
        return result
    }
}

extension UnsafePointer<HostNode> {
    typealias Hit = (candidate: UnsafePointer<Candidate>, prefixLength: Int)

    func candidate(for request: RequestView, seed: UInt64) -> Hit? {
        if pointee.exactPaths.mayHaveKey(ofLength: request.path.count),
            let node = pointee.exactPaths.find(request.path, hash: ByteHash.whole(request.path, seed: seed)),
            let candidate = node.pointee.candidates.first(for: request)
        {
            return (candidate, 0)
        }
        if pointee.regularExpressions.count > 0, let candidate = pointee.regularExpressions.first(for: request) {
            return (candidate, 0)
        }
        var next = longestPrefix(of: request.path, seed: seed)
        while let node = next {
            if let candidate = node.pointee.candidates.first(for: request) {
                return (candidate, node.pointee.key.count)
            }
            next = node.pointee.parent
        }
        return nil
    }

    /// The longest configured prefix that ends where an element of `path` ends.
    func longestPrefix(of path: UnsafeRawBufferPointer, seed: UInt64) -> UnsafePointer<PathNode>? {
        var result = pointee.rootPrefix
        guard pointee.prefixes.count > 0 else { return result }
        var hash = seed
        var offset = 0
        let end = min(path.count, pointee.prefixes.maximumLength &+ 1)
        while offset < end {
            let byte = path[offset]
            if byte == UInt8(ascii: "/"), pointee.prefixes.mayHaveKey(ofLength: offset) {
                let prefix = UnsafeRawBufferPointer(rebasing: path[..<offset])
                if let node = pointee.prefixes.find(prefix, hash: ByteHash.finish(hash)) { result = node }
            }
            hash = ByteHash.rolling(hash, byte)
            offset &+= 1
        }
        if offset == path.count, pointee.prefixes.mayHaveKey(ofLength: offset),
            let node = pointee.prefixes.find(path, hash: ByteHash.finish(hash))
        {
            result = node
        }
        return result
    }
}

extension UnsafeBufferPointer<Candidate> {
    /// The first candidate whose conditions all hold.
    @inline(__always)
    func first(for request: RequestView) -> UnsafePointer<Candidate>? {
        guard var candidate = baseAddress else { return nil }
        let end = candidate + count
        // The expression that did not match last: a rule often has several matches with the same one.
        var failed: UnsafePointer<AutomatonProgram>?
        while candidate < end {
            if candidate.pointee.holdsWithoutPath(for: request) {
                guard let path = candidate.pointee.path else { return candidate }
                if path != failed {
                    if path.pointee.matches(request.path) { return candidate }
                    failed = path
                }
            }
            candidate += 1
        }
        return nil
    }
}

extension Candidate {
    @inline(__always)
    fileprivate func holdsWithoutPath(for request: RequestView) -> Bool {
        guard methods.contains(request.method) else { return false }
        return headers.count == 0 && queryParameters.count == 0 ? true : fieldConditionsHold(for: request)
    }

    @inline(never)
    private func fieldConditionsHold(for request: RequestView) -> Bool {
        for condition in headers where !condition.holds(forHeadersOf: request) { return false }
        for condition in queryParameters where !condition.holds(forQuery: request.query) { return false }
        return true
    }
}
