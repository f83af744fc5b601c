import Routing

extension ExplainedExchange {
    /// At most so many candidates whose hostname and path hold are listed, and so many of the others.
    private static var holdingLimit: Int { 200 }
    private static var failingLimit: Int { 20 }
    /// How many come closest to a request that nothing takes.
    private static var closestLimit: Int { 5 }

    mutating func describeCandidates(_ trace: MatchTrace) {
        explanation.hostnames = trace.hostnames.filter(\.isTried).map(\.pattern)
        var (holding, failing) = (0, 0)
        for (index, candidate) in trace.candidates.enumerated() {
            let isNear = !candidate.failures.contains { [.hostname, .kind, .path].contains($0) }
            if isNear { holding += 1 } else { failing += 1 }
            guard isNear ? holding <= Self.holdingLimit : failing <= Self.failingLimit else {
                explanation.omittedCandidates += 1
                continue
            }
            explanation.candidates.append(describe(candidate, isWinner: index == trace.winner, in: trace))
        }
    }

    private func describe(
        _ candidate: MatchTrace.Candidate, isWinner: Bool, in trace: MatchTrace
    ) -> Explanation.Candidate {
        let route = configuration.routes[candidate.route]
        let rule = route.rules.first { $0.index == candidate.rule }
        let match = match(of: candidate)
        let hostname = trace.hostnames[candidate.hostname].pattern
        let reasons = CandidateReason(request: received)
        let result: Explanation.Candidate.Result
        var reason = ""
        if isWinner {
            result = .chosen
        } else if let first = candidate.failures.first {
            result = .failed
            reason = reasons.failure(first, of: match, hostname: hostname)
        } else {
            result = .outranked
            if let winner = trace.winner.map({ trace.candidates[$0] }) {
                reason = CandidateReason.precedence(
                    of: ranked(winner, in: trace), over: ranked(candidate, in: trace))
            }
        }
        return Explanation.Candidate(
            route: "\(route.name)", rule: candidate.rule, ruleName: rule?.name, match: candidate.match,
            hostname: hostname, conditions: MatchText.conditions(of: match), result: result,
            failed: candidate.failures.map(CandidateReason.name), reason: reason)
    }

    private func match(of candidate: MatchTrace.Candidate) -> RequestMatch {
        let rule = configuration.routes[candidate.route].rules.first { $0.index == candidate.rule }
        guard let rule, rule.matches.indices.contains(candidate.match) else { return RequestMatch() }
        return rule.matches[candidate.match]
    }

    private func ranked(_ candidate: MatchTrace.Candidate, in trace: MatchTrace) -> RankedMatch {
        RankedMatch(
            hostname: trace.hostnames[candidate.hostname].pattern, match: match(of: candidate),
            route: candidate.route)
    }

    // MARK: 404

    mutating func describeNotFound(_ trace: MatchTrace, listener: Int) {
        explanation.closest = closest(trace)
        let host = received.host.isEmpty ? "a request without host" : "the host \(received.host)"
        if listener < 0 {
            explanation.verdict = Explanation.Verdict(
                outcome: .refused, reason: .noListener, status: 404,
                message: "No listener of port \(portConfiguration.port) takes \(host).")
            return
        }
        let holds = trace.candidates.contains { !$0.failures.contains(.hostname) }
        explanation.verdict = Explanation.Verdict(
            outcome: .refused, reason: .noRule, status: 404,
            message: holds ? "No rule takes the request." : "No route of the listener is for \(host).")
        describeShadowedListeners(chosen: listener)
    }

    /// The fewest failures first, then those whose first failure comes latest, then the more similar path or name.
    private func closest(_ trace: MatchTrace) -> [Explanation.Candidate] {
        var ranked: [(candidate: MatchTrace.Candidate, distance: Distance)] = []
        for candidate in trace.candidates {
            ranked.append((candidate, distance(candidate, in: trace)))
        }
        // The sort is stable: the order of precedence decides among equals.
        ranked.sort { $0.distance < $1.distance }
        return ranked.prefix(Self.closestLimit).map { describe($0.candidate, isWinner: false, in: trace) }
    }

    private struct Distance: Comparable {
        var failures: Int
        var firstFailure: Int
        var dissimilarity: Int

        static func < (lhs: Distance, rhs: Distance) -> Bool {
            (lhs.failures, lhs.firstFailure, lhs.dissimilarity) < (rhs.failures, rhs.firstFailure, rhs.dissimilarity)
        }
    }

    private func distance(_ candidate: MatchTrace.Candidate, in trace: MatchTrace) -> Distance {
        let firstFailure =
            switch candidate.failures.first {
            case .hostname: 5
            case .kind: 4
            case .path: 3
            case .method: 2
            case .header: 1
            case .queryParameter, nil: 0
            }
        var similarity = 0
        if candidate.failures.contains(.hostname) {
            similarity += Self.commonLength(
                received.host.utf8.reversed(), trace.hostnames[candidate.hostname].pattern.utf8.reversed())
        }
        if candidate.failures.contains(.path) {
            let path =
                switch match(of: candidate).path {
                case .exact(let path), .prefix(let path): path
                case .regularExpression(let expression): expression.pattern
                case .rpc(.exact(let service?, let method)): "/\(service)/\(method ?? "")"
                case .rpc(let method): "\(method)"
                }
            similarity += Self.commonLength(received.path.utf8, path.utf8)
        }
        return Distance(
            failures: candidate.failures.count, firstFailure: firstFailure, dissimilarity: -similarity)
    }

    private static func commonLength(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Int {
        zip(left, right).prefix { $0 == $1 }.reduce(0) { count, _ in count + 1 }
    }

    /// Listeners of one port are isolated: the routes of a listener are not looked at when another one has the more
    /// specific hostname. Says so when such a listener has a rule for the request.
    private mutating func describeShadowedListeners(chosen: Int) {
        for (index, listener) in portConfiguration.listeners.enumerated()
        where index != chosen && listener.hostname.matches(received.host) {
            var alone = configuration
            alone.ports = [PortConfiguration(port: portConfiguration.port, listeners: [listener])]
            let table = RoutingTable(alone)
            let outcome = received.match(table, port: 0).outcome
            guard let rule = outcome.rule else { continue }
            let kind = configuration.routes[Int(rule.pointee.route)].kind
            let target = table.targets[Int(outcome.target)]
            explanation.problems.append(
                Explanation.Problem(
                    source: nil, object: "\(kind.text) \(target.route)",
                    message: "Its rule \(target.rule) would take the request, but the route is attached to listener "
                        + "\(listener.id.listener) (\(listener.hostname)), and listener "
                        + "\(portConfiguration.listeners[chosen].id.listener) "
                        + "(\(portConfiguration.listeners[chosen].hostname)) is more specific."))
        }
    }
}
