/// An explanation for a terminal: the answer first, then how it came about.
package struct ExplanationText {
    private let explanation: Explanation
    private var lines: [String] = []

    package static func render(_ explanation: Explanation) -> String {
        var text = ExplanationText(explanation: explanation)
        text.write()
        return text.lines.joined(separator: "\n") + "\n"
    }

    private init(explanation: Explanation) { self.explanation = explanation }

    private mutating func write() {
        lines.append(request)
        lines.append(verdict)
        if let rule { lines.append("   by \(rule)") }
        writeProblems()
        writeListeners()
        writeCandidates()
        writeRequest()
        writeAnswer()
        writeBackends()
    }

    /// With the host when it is not the URL's.
    private var request: String {
        let request = explanation.request
        let isOfURL = request.host.isEmpty || request.url.lowercased().contains("://\(request.host)")
        return "\(request.method) \(request.url)\(isOfURL ? "" : " (Host: \(request.host))")"
    }

    private var rule: String? {
        explanation.rule.map { rule in
            let place = rule.source.map { " (\($0))" } ?? ""
            return "\(rule.kind) \(rule.route) \(Self.ruleText(rule.index, name: rule.name))\(place)"
        }
    }

    private var verdict: String {
        let status = explanation.verdict.status.map { "\($0) " } ?? ""
        return "=> \(status)\(explanation.verdict.message)"
    }

    private mutating func section(_ title: String, _ entries: [String]) {
        guard !entries.isEmpty else { return }
        lines.append("")
        lines.append(title)
        lines += entries.map { "  \($0)" }
    }

    private mutating func writeProblems() {
        section(
            "Problems",
            explanation.problems.map { problem in
                ([problem.source, problem.object].compactMap(\.self) + [problem.message]).joined(separator: ": ")
            })
    }

    // MARK: The way to the rule

    private mutating func writeListeners() {
        section(
            "Listener (port \(explanation.request.port))",
            explanation.listeners.sorted { $0.result == .chosen && $1.result != .chosen }.prefix(Self.listLimit).map {
                listener in
                let set = listener.listenerSet.map { " of ListenerSet \($0)" } ?? ""
                let name = "\(listener.gateway) \(listener.name)\(set), hostname \(listener.hostname)"
                return listener.result == .chosen ? "> \(name)" : "  \(name): \(listener.reason)"
            } + Self.more(explanation.listeners.count - Self.listLimit))
    }

    private static let listLimit = 10

    private static func more(_ count: Int) -> [String] { count > 0 ? ["  and \(count) more"] : [] }

    private mutating func writeCandidates() {
        guard explanation.verdict.reason != .noRule, explanation.verdict.reason != .noListener else {
            section("What came closest", explanation.closest.map(Self.line))
            return
        }
        let chosen = explanation.candidates.firstIndex { $0.result == .chosen } ?? 0
        let near = explanation.candidates.enumerated().filter { _, candidate in
            !candidate.failed.contains { ["path", "hostname", "kind"].contains($0) }
        }
        let before = near.filter { $0.offset < chosen }.map { Self.line($0.element) }
        let after = near.filter { $0.offset > chosen }.map { Self.line($0.element) }
        let others =
            explanation.candidates.count - near.count + explanation.omittedCandidates
        var entries = before.suffix(Self.listLimit) + near.filter { $0.offset == chosen }.map { Self.line($0.element) }
        entries += after.prefix(Self.listLimit)
        let hidden = max(0, before.count - Self.listLimit) + max(0, after.count - Self.listLimit)
        entries += Self.more(hidden)
        if others > 0 { entries.append("  \(others) more for other hosts or paths") }
        section("Candidates, in order of precedence", Array(entries))
    }

    private static func line(_ candidate: Explanation.Candidate) -> String {
        let rule = ruleText(candidate.rule, name: candidate.ruleName)
        let place = "\(candidate.route) \(rule)"
        let mark = candidate.result == .chosen ? ">" : " "
        let reason = candidate.reason.isEmpty ? "" : ": \(candidate.reason)"
        let more = candidate.failed.count > 1 ? " (and \(candidate.failed.dropFirst().joined(separator: ", ")))" : ""
        return "\(mark) \(place), \(candidate.hostname), \(candidate.conditions)\(reason)\(more)"
    }

    private static func ruleText(_ index: Int, name: String?) -> String {
        name.map { "rule \(index) \"\($0)\"" } ?? "rule \(index)"
    }

    // MARK: What the rule does

    private mutating func writeRequest() {
        guard let backend = explanation.backends.first else { return }
        let all = explanation.backends.map(\.request)
        if all.allSatisfy({ $0 == backend.request }) {
            section("Request to the backend", Self.lines(of: backend.request, changedFrom: explanation.request))
        } else {
            for backend in explanation.backends {
                section(
                    "Request to \(backend.backend ?? "(invalid backendRef)")",
                    Self.lines(of: backend.request, changedFrom: explanation.request))
            }
        }
        if let auth = explanation.externalAuth {
            let body = auth.maximumBodySize > 0 ? ", with up to \(auth.maximumBodySize) bytes of the body" : ""
            section(
                "Authorization",
                ["\(auth.backend ?? "(invalid backendRef)") is asked first: \(auth.request)\(body)"])
        }
    }

    private static func lines(
        of request: Explanation.ForwardedRequest, changedFrom original: Explanation.Request
    ) -> [String] {
        ["\(request.method) \(request.target)", "Host: \(request.host)"]
            + lines(of: request.changes)
    }

    private static func lines(of changes: Explanation.HeaderChanges) -> [String] {
        let added = Set(changes.added.map { $0.name.lowercased() })
        return changes.removed.filter { !added.contains($0.lowercased()) }.map { "- \($0)" }
            + changes.added.map { field in
                let replaces = changes.removed.contains { $0.lowercased() == field.name.lowercased() }
                return "\(replaces ? "=" : "+") \(field.name): \(field.shownValue)"
            }
    }

    private mutating func writeAnswer() {
        if let redirect = explanation.redirect {
            section("Answer", ["\(redirect.status)", "Location: \(redirect.location)"])
        }
        let changes = explanation.backends.map(\.responseHeaders)
        if let first = changes.first, changes.allSatisfy({ $0 == first }) {
            section("Response headers", Self.lines(of: first))
        } else if changes.isEmpty {
            section("Response headers", Self.lines(of: explanation.responseHeaders))
        } else {
            for backend in explanation.backends {
                section(
                    "Response headers from \(backend.backend ?? "(invalid backendRef)")",
                    Self.lines(of: backend.responseHeaders))
            }
        }
        if let cors = explanation.cors {
            section(
                "CORS",
                [
                    cors.origin.map { "origin \($0) is \(cors.isAllowed ? "allowed" : "not allowed")" }
                        ?? "the request has no Origin"
                ] + cors.responseHeaders.map { "+ \($0.name): \($0.shownValue)" })
        }
    }

    private mutating func writeBackends() {
        for (index, backend) in explanation.backends.enumerated() {
            if index == 0 { section("Backends", [Self.line(backend)]) } else { lines.append("  \(Self.line(backend))") }
            lines += Self.details(of: backend).map { "    \($0)" }
        }
        var entries: [String] = []
        for mirror in explanation.mirrors {
            entries.append("mirror: \(PercentText.format(mirror.share)) copied to \(mirror.backend)")
        }
        if let timeouts = explanation.timeouts {
            if let request = timeouts.request { entries.append("timeout of the request: \(request)") }
            if let backend = timeouts.backendRequest { entries.append("timeout of one attempt: \(backend)") }
        }
        if let retry = explanation.retry {
            let codes = retry.codes.isEmpty ? "" : " and status \(retry.codes.map(String.init).joined(separator: ", "))"
            entries.append(
                "retry: up to \(retry.attempts) on connection errors\(codes), after \(retry.backoff) or more")
        }
        section("Also", entries)
    }

    private static func line(_ backend: Explanation.Backend) -> String {
        let answer = backend.status.map { ": answered with \($0)" } ?? ""
        return "\(PercentText.format(backend.share)) \(backend.backend ?? "(invalid backendRef)")\(answer)"
    }

    private static func details(of backend: Explanation.Backend) -> [String] {
        var details: [String] = []
        for endpoint in backend.endpoints.prefix(listLimit) {
            let use = endpoint.isUsed ? "" : ", not used while others are ready"
            details.append("\(endpoint.address) \(endpoint.condition)\(use)")
        }
        if backend.endpoints.count > listLimit { details += more(backend.endpoints.count - listLimit) }
        if let tls = backend.tls {
            let certificate =
                tls.identity.map { ", showing the certificate of Gateway \($0)" }
                ?? (tls.showsCertificate ? ", showing a certificate" : "")
            details.append("over TLS, as \(tls.serverName)\(certificate)")
        }
        if backend.endpointsAreAssumed { details.append("endpoints are not in the manifests (no EndpointSlice)") }
        if let session = backend.session {
            let timeout = session.absoluteTimeout.map { ", at most \($0)" } ?? ""
            details.append("session: \(session.type) \(session.name)\(timeout); requests with one go to its endpoint")
        }
        if let budget = backend.retryBudget {
            details.append("retry budget: \(budget.percent) % of the requests in \(budget.interval)")
        }
        return details
    }
}
