import Routing

extension ExplainedExchange {
    mutating func describeForwarding(
        _ rule: RuleConfiguration, _ compiled: UnsafePointer<CompiledRule>, _ transformation: RequestTransformation
    ) {
        guard case .forward(let references) = rule.action else { return }
        explanation.backends = zip(references, compiled.pointee.backends).map { reference, backend in
            describe(
                reference, backend, totalWeight: compiled.pointee.totalWeight, rule: rule, transformation)
        }
        explanation.mirrors = rule.filters.mirrors.map { mirror in
            Explanation.Mirror(
                backend: "\(mirror.backend)", name: mirror.backend.service.name,
                namespace: mirror.backend.service.namespace,
                share: Double(mirror.numerator) / Double(max(mirror.denominator, 1)) * 100)
        }
        if rule.timeouts != RuleTimeouts() {
            explanation.timeouts = Explanation.Timeouts(
                request: rule.timeouts.request?.gatewayText,
                backendRequest: rule.timeouts.backendRequest?.gatewayText)
        }
        explanation.retry = rule.retry.map { retry in
            Explanation.Retry(
                attempts: retry.attempts, codes: retry.codes.sorted(), backoff: retry.backoff.gatewayText)
        }
        describeSession(compiled)
        explanation.verdict = forwardingVerdict
    }

    private func describe(
        _ reference: WeightedBackend, _ compiled: CompiledBackend, totalWeight: UInt32, rule: RuleConfiguration,
        _ transformation: RequestTransformation
    ) -> Explanation.Backend {
        var id: BackendID?
        if case .backend(let backend) = reference.destination { id = backend }
        let index = Int(compiled.backendIndex)
        let isUsable = configuration.backends.indices.contains(index)
        let endpoints = isUsable ? configuration.backends[index].endpoints : []
        let anyReady = endpoints.contains { $0.condition == .ready }
        let isAssumed = id.map(explainer.settings.assumesEndpoints) ?? false
        var status: Int?
        if !isUsable {
            status = 500
        } else if configuration.backends[index].tls?.isVoid == true {
            status = 502
        } else if endpoints.isEmpty, !isAssumed {
            status = 503
        }
        return Explanation.Backend(
            backend: id.map { "\($0)" }, namespace: id?.service.namespace, name: id?.service.name, port: id?.port,
            weight: compiled.weight, share: Double(compiled.weight) / Double(max(totalWeight, 1)) * 100,
            status: status,
            endpoints: endpoints.map { endpoint in
                Explanation.Endpoint(
                    address: endpoint.text, condition: endpoint.condition == .ready ? "ready" : "terminating",
                    isUsed: endpoint.condition == .ready || !anyReady)
            },
            endpointsAreAssumed: isUsable && endpoints.isEmpty && isAssumed,
            tls: isUsable ? configuration.backends[index].tls.map { Explanation.BackendTLS($0, id?.identity) } : nil,
            request: transformation.request(for: compiled),
            responseHeaders: transformation.responseChanges(
                of: rule.filters, backend: (compiled, reference.filters)),
            session: reference.session.map(Explanation.Session.init),
            retryBudget: isUsable
                ? configuration.backends[index].retryBudget.map { budget in
                    Explanation.RetryBudget(percent: budget.percent, interval: budget.interval.gatewayText)
                } : nil)
    }

    /// Forwarded when some backend with a share can take requests.
    private var forwardingVerdict: Explanation.Verdict {
        if let session = explanation.session {
            return Explanation.Verdict(
                outcome: .forwarded, reason: .session, status: nil,
                message: "The request is forwarded to \(session.backend ?? ""), endpoint \(session.endpoint), "
                    + "because its session is there.")
        }
        let sharing = explanation.backends.filter { $0.weight > 0 }
        let able = sharing.filter { $0.status == nil }
        guard able.isEmpty else {
            let names = able.compactMap(\.backend)
            let lost = sharing.filter { $0.status != nil }.reduce(0) { $0 + $1.share }
            let loss = lost > 0 ? ", \(PercentText.format(lost)) of the requests are answered with an error" : ""
            return Explanation.Verdict(
                outcome: .forwarded, reason: .ruleForwards, status: nil,
                message: "The request is forwarded to \(names.joined(separator: " or "))\(loss).")
        }
        if sharing.contains(where: { $0.status == 502 }) {
            return Explanation.Verdict(
                outcome: .refused, reason: .invalidBackendTLS, status: 502,
                message: "The TLS settings of the backend cannot be used, and nothing is sent to it without.")
        }
        if sharing.contains(where: { $0.status == 503 }) {
            return Explanation.Verdict(
                outcome: .refused, reason: .noEndpoints, status: 503,
                message: "The backend has no endpoint that can take the request.")
        }
        return Explanation.Verdict(
            outcome: .refused, reason: .invalidBackends, status: 500,
            message: "The rule's backendRefs cannot be used.")
    }
}

extension Explanation.BackendTLS {
    fileprivate init(_ tls: Routing.BackendTLS, _ identity: ObjectName?) {
        self.init(
            serverName: tls.serverName, identity: identity.map { "\($0)" },
            showsCertificate: tls.clientCertificate != nil)
    }
}

extension Routing.BackendTLS {
    /// What was asked for cannot be had.
    fileprivate var isVoid: Bool { trust == .authorities([]) }
}

extension Explanation.Session {
    fileprivate init(_ session: SessionConfiguration) {
        let type =
            switch session.carrier {
            case .cookie: "Cookie"
            case .header: "Header"
            }
        self.init(type: type, name: session.name, absoluteTimeout: session.absoluteTimeout?.gatewayText)
    }
}

extension Endpoint {
    fileprivate var text: String {
        switch host {
        case .address(let address): address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        case .name(let name): "\(name):\(port)"
        }
    }
}
