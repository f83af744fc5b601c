import HTTPSemantics
package import Routing

/// Finds out what the data plane does with a request, by asking its own parser, routing table and filters.
package struct Explainer: Sendable {
    package let configuration: RoutingConfiguration
    /// Compiled from `configuration`; endpoints may differ.
    package let table: RoutingTable
    package let settings: Settings

    package struct Settings: Sendable {
        /// What the data plane adds to ports: a URL may name either.
        package var portOffset: Int
        /// Backends that are taken to have endpoints although nothing says where: manifests rarely come with
        /// EndpointSlices.
        package var backendsWithAssumedEndpoints: Set<BackendID>

        /// Seconds since 1970: decides whether a session still lasts.
        package var now: UInt32

        package init(portOffset: Int = 0, backendsWithAssumedEndpoints: Set<BackendID> = [], now: UInt32 = 0) {
            self.portOffset = portOffset
            self.backendsWithAssumedEndpoints = backendsWithAssumedEndpoints
            self.now = now
        }

        func assumesEndpoints(of backend: BackendID) -> Bool {
            backendsWithAssumedEndpoints.contains(backend)
                || backendsWithAssumedEndpoints.contains(backend.unspecialized)
        }
    }

    package init(configuration: RoutingConfiguration, table: RoutingTable, settings: Settings = Settings()) {
        self.configuration = configuration
        self.table = table
        self.settings = settings
    }

    package func explain(_ request: ExplainRequest) -> Explanation {
        let received: ReceivedRequest
        do throws(ReceivedRequest.Refusal) {
            received = try ReceivedRequest(request)
        } catch {
            return unrouted(
                request, .invalidRequest, status: error.status,
                "The request is answered with \(error.status) before it is routed: \(error.reason).")
        }
        if let verdict = streamVerdict(for: request, host: request.url.host) {
            return Explanation(
                request: description(of: request, received, port: request.url.port), verdict: verdict)
        }
        let ports = portIndices(for: request)
        guard let first = ports.first else {
            var explanation = unrouted(request, .noPort, status: nil, noPortMessage(request))
            explanation.request = description(of: request, received, port: request.url.port)
            return explanation
        }
        // Several Gateways may have the port on addresses of their own: the one that has a rule is the one meant.
        let port = ports.first { received.match(table, port: $0).outcome.rule != nil } ?? first
        var exchange = ExplainedExchange(explainer: self, request: request, received: received, port: port)
        if ports.count > 1 {
            let address = configuration.ports[port].address ?? "the bind address"
            exchange.explanation.problems.append(
                Explanation.Problem(
                    source: nil, object: nil,
                    message: "Port \(configuration.ports[port].port) is served on several addresses; "
                        + "this is about \(address)."))
        }
        exchange.run()
        return exchange.explanation
    }

    /// Ports of the configuration that the URL means; those of the address in the URL when it names one.
    private func portIndices(for request: ExplainRequest) -> [Int] {
        // Whoever speaks TLS to a plain port, or none to one with TLS, gets no answer.
        let served = configuration.ports.indices.filter {
            request.url.scheme == .https ? configuration.ports[$0].servesHTTPS : configuration.ports[$0].servesHTTP
        }
        func indices(_ number: Int) -> [Int] { served.filter { Int(configuration.ports[$0].port) == number } }
        let number = Int(request.url.port)
        let exact = indices(number)
        let found = exact.isEmpty && settings.portOffset != 0 ? indices(number - settings.portOffset) : exact
        let own = found.filter { configuration.ports[$0].address == request.url.host }
        return own.isEmpty ? found : own
    }

    private func noPortMessage(_ request: ExplainRequest) -> String {
        func list(_ ports: [PortConfiguration]) -> String {
            let numbers = Set(ports.map(\.port)).sorted().map(String.init)
            return numbers.isEmpty ? "no port" : numbers.joined(separator: ", ")
        }
        let plain = list(configuration.ports.filter(\.servesHTTP))
        let secure = list(configuration.ports.filter(\.servesHTTPS))
        let what = request.url.scheme == .https ? "HTTPS" : "HTTP"
        return "No listener serves \(what) on port \(request.url.port), so nothing answers. Served: HTTP on \(plain), "
            + "HTTPS on \(secure)."
    }

    // MARK: Parts

    private func unrouted(
        _ request: ExplainRequest, _ reason: Explanation.Reason, status: Int?, _ message: String
    ) -> Explanation {
        let target = request.url.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return Explanation(
            request: Explanation.Request(
                method: request.method, url: request.url.description, host: request.url.host,
                path: String(target.first ?? ""), query: target.count > 1 ? String(target[1]) : nil,
                port: request.url.port),
            verdict: Explanation.Verdict(outcome: .refused, reason: reason, status: status, message: message))
    }

    func description(of request: ExplainRequest, _ received: ReceivedRequest, port: UInt16) -> Explanation.Request {
        Explanation.Request(
            method: received.method, url: request.url.description, host: received.host, path: received.path,
            query: received.query, port: port)
    }
}

extension PortConfiguration {
    fileprivate var servesHTTP: Bool { listeners.contains { $0.tls == nil } }

    fileprivate var servesHTTPS: Bool { listeners.contains { $0.tls != nil } }
}
