import Routing

extension ExplainedExchange {
    /// Says who is asked before the request goes on, and that nobody is let in when that is not possible.
    mutating func describeExternalAuth(_ rule: RuleConfiguration, _ compiled: UnsafePointer<CompiledRule>) {
        guard let auth = rule.filters.externalAuth else { return }
        let query = received.query.map { "?\($0)" } ?? ""
        explanation.externalAuth = Explanation.ExternalAuth(
            backend: auth.backend.map { "\($0)" },
            request: "\(received.method) \(auth.pathPrefix)\(received.path)\(query)",
            maximumBodySize: auth.maximumBodySize)
        guard let policy = compiled.pointee.extras?.pointee.filters.externalAuth, let id = auth.backend else {
            explanation.verdict = Explanation.Verdict(
                outcome: .refused, reason: .invalidExternalAuth, status: 500,
                message: "The authorization server of the rule cannot be used, so nobody is let in.")
            return
        }
        let endpoints = configuration.backends[Int(policy.pointee.backendIndex)].endpoints
        let isAssumed = explainer.settings.assumesEndpoints(of: id)
        // What has no backend to go to is answered before anybody is asked.
        guard endpoints.isEmpty, !isAssumed, explanation.verdict.outcome != .refused else { return }
        explanation.verdict = Explanation.Verdict(
            outcome: .refused, reason: .invalidExternalAuth, status: 503,
            message: "The authorization server \(id) has no endpoint, so nobody is let in.")
    }
}
