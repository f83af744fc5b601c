import HTTPSemantics
import Routing

/// The explanation of one request on one port, step by step in the order of the data plane.
struct ExplainedExchange {
    let explainer: Explainer
    let received: ReceivedRequest
    let port: Int
    /// What the client names in the handshake; nil without TLS.
    let serverName: String?
    var explanation: Explanation
    /// The client understands statuses of gRPC.
    private var isGRPC = false

    var configuration: RoutingConfiguration { explainer.configuration }
    var table: RoutingTable { explainer.table }
    var portConfiguration: PortConfiguration { configuration.ports[port] }

    init(explainer: Explainer, request: ExplainRequest, received: ReceivedRequest, port: Int) {
        self.explainer = explainer
        self.received = received
        self.port = port
        serverName = request.url.scheme == .https ? request.url.host : nil
        explanation = Explanation(
            request: explainer.description(
                of: request, received, port: explainer.configuration.ports[port].port),
            verdict: Explanation.Verdict(outcome: .refused, reason: .noRule, status: 404, message: ""))
    }

    mutating func run() {
        let found = received.match(table, port: port)
        isGRPC = found.outcome.rpc != .none && !found.isPreflight
        explain(found)
        if isGRPC { answerInGRPC() }
    }

    /// What the proxy answers itself is a status of gRPC for a gRPC request.
    private mutating func answerInGRPC() {
        guard explanation.verdict.outcome == .refused, let status = explanation.verdict.status else { return }
        let grpcStatus = GRPCStatus(httpStatus: UInt16(status))
        explanation.verdict.status = 200
        explanation.verdict.grpcStatus = Int(grpcStatus.code)
        explanation.verdict.message += " The call ends with \(grpcStatus.name)."
    }

    private mutating func explain(_ found: ReceivedRequest.Match) {
        let outcome = found.outcome
        let trace = received.trace(table, port: port, method: found.method)
        describeListeners(chosen: Int(outcome.listener))
        describeClientValidation()
        if let refusal = handshakeRefusal(chosen: Int(outcome.listener)) {
            explanation.verdict = refusal
            return
        }
        describeCandidates(trace)
        guard let compiled = outcome.rule else { return describeNotFound(trace, listener: Int(outcome.listener)) }
        let route = configuration.routes[Int(compiled.pointee.route)]
        guard let rule = route.rules.first(where: { $0.index == Int(compiled.pointee.index) }) else { return }
        explanation.rule = Explanation.Rule(
            kind: route.kind.text, route: "\(route.name)", index: rule.index, name: rule.name,
            match: trace.winner.map { trace.candidates[$0].match } ?? 0)
        withExtendedLifetime(table) {
            if let policy = compiled.pointee.extras?.pointee.filters.cors {
                describeCORS(policy, isPreflight: found.isPreflight)
            }
            guard !found.isPreflight else { return }
            describe(rule, compiled, prefixLength: Int(outcome.prefixLength))
        }
    }

    private mutating func describeListeners(chosen: Int) {
        let listeners = portConfiguration.listeners
        explanation.listeners = listeners.enumerated().map { index, listener in
            let result: Explanation.Listener.Result
            var reason = ""
            if index == chosen {
                result = .chosen
            } else if listener.hostname.matches(received.host), listeners.indices.contains(chosen) {
                result = .lessSpecific
                reason = "less specific than \(listeners[chosen].hostname)"
            } else {
                result = .doesNotMatch
                reason =
                    "its hostname does not take \(received.host.isEmpty ? "a request without host" : received.host)"
            }
            return Explanation.Listener(
                gateway: "\(listener.id.gateway)", listenerSet: listener.id.listenerSet.map { "\($0)" },
                name: listener.id.listener, hostname: "\(listener.hostname)", result: result, reason: reason)
        }
    }

    // MARK: What the rule does

    private mutating func describe(
        _ rule: RuleConfiguration, _ compiled: UnsafePointer<CompiledRule>, prefixLength: Int
    ) {
        let transformation = RequestTransformation(
            request: received, rule: compiled, prefixLength: prefixLength, isSecure: serverName != nil)
        explanation.responseHeaders = transformation.responseChanges(of: rule.filters, backend: nil)
        switch compiled.pointee.action {
        case .redirect:
            let location = transformation.location(listenerPort: portConfiguration.port)
            let status = Int(compiled.pointee.status)
            explanation.redirect = Explanation.Redirect(status: status, location: location)
            explanation.verdict = Explanation.Verdict(
                outcome: .redirected, reason: .ruleRedirects, status: status,
                message: "The client is redirected to \(location).")
        case .respond:
            explanation.verdict = Explanation.Verdict(
                outcome: .refused, reason: .ruleHasNoBackend, status: Int(compiled.pointee.status),
                message: emptyRuleMessage(rule, status: Int(compiled.pointee.status)))
        case .forward:
            describeForwarding(rule, compiled, transformation)
        }
        describeExternalAuth(rule, compiled)
    }

    private func answer(_ status: Int) -> String { isGRPC ? "refused" : "answered with \(status)" }

    private func emptyRuleMessage(_ rule: RuleConfiguration, status: Int) -> String {
        switch rule.action {
        case .forward, .redirect:
            "A filter of the rule cannot be carried out, so its requests are \(answer(status))."
        case .respond:
            "The rule has no backend that may get requests, or a part of it cannot be used, "
                + "so its requests are \(answer(status))."
        }
    }
}

extension RouteConfiguration.Kind {
    /// `HTTPRoute` or `GRPCRoute`.
    var text: String {
        switch self {
        case .http: "HTTPRoute"
        case .grpc: "GRPCRoute"
        }
    }
}
