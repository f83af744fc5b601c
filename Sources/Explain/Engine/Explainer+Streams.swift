import Routing

extension Explainer {
    /// What becomes of a request whose connection a TCPRoute or TLSRoute has, which do not look into it; nil when it is
    /// for a listener that does.
    func streamVerdict(for request: ExplainRequest, host: String) -> Explanation.Verdict? {
        for port in streamPorts(of: request) {
            let isSecure = request.url.scheme == .https
            let candidates = port.streams.filter { stream in
                stream.mode == .plain || (isSecure && stream.hostname.matches(host))
            }
            guard let stream = candidates.max(by: { $0.hostname.specificity < $1.hostname.specificity }) else {
                continue
            }
            // The server name decides between TLS and HTTPS listeners of one port.
            let isOutranked = port.listeners.contains {
                $0.tls != nil && $0.hostname.matches(host) && $0.hostname.specificity > stream.hostname.specificity
            }
            if !isOutranked { return verdict(stream, host: host) }
        }
        return nil
    }

    private func streamPorts(of request: ExplainRequest) -> [PortConfiguration] {
        func ports(_ number: Int) -> [PortConfiguration] {
            configuration.ports.filter { Int($0.port) == number && !$0.streams.isEmpty }
        }
        let number = Int(request.url.port)
        let exact = ports(number)
        let found = exact.isEmpty && settings.portOffset != 0 ? ports(number - settings.portOffset) : exact
        let own = found.filter { $0.address == request.url.host }
        return own.isEmpty ? found : own
    }

    private func verdict(_ stream: StreamListener, host: String) -> Explanation.Verdict {
        let isPlain = stream.mode == .plain
        let fitting = stream.routes.compactMap { attached -> (HostnamePattern, StreamRouteConfiguration)? in
            guard configuration.streamRoutes.indices.contains(attached.route) else { return nil }
            let hostname = attached.hostnames.filter { $0.matches(host) }.max { $0.specificity < $1.specificity }
            guard let hostname = isPlain ? .any : hostname else { return nil }
            return (hostname, configuration.streamRoutes[attached.route])
        }
        let holder = stream.id.listenerSet.map { "ListenerSet \($0)" } ?? "Gateway \(stream.id.gateway)"
        let listener = "Listener \(stream.id.listener) of \(holder)"
        // Of equal ones the first.
        guard let best = fitting.map(\.0.specificity).max(),
            let route = fitting.first(where: { $0.0.specificity == best })?.1
        else {
            return Explanation.Verdict(
                outcome: .refused, reason: .stream, status: nil,
                message: "\(listener) closes the connection: no \(isPlain ? "TCPRoute" : "TLSRoute") has it.")
        }
        let name = "\(isPlain ? "TCPRoute" : "TLSRoute") \(route.name)"
        let destinations = destinations(of: route)
        guard !destinations.isEmpty else {
            return Explanation.Verdict(
                outcome: .refused, reason: .stream, status: nil,
                message: "\(listener) closes the connection: \(name) has no backend that can be used.")
        }
        let what = if case .terminate = stream.mode { "what is inside of TLS" } else { "the connection as it is" }
        return Explanation.Verdict(
            outcome: .forwarded, reason: .stream, status: nil,
            message: "\(listener) passes \(what) on, whatever it carries: by \(name) to "
                + "\(destinations.joined(separator: ", ")).")
    }

    /// Those that get connections, with their shares.
    private func destinations(of route: StreamRouteConfiguration) -> [String] {
        let total = route.backends.reduce(0) { $0 + Int($1.weight) }
        return route.backends.compactMap { backend in
            guard backend.weight > 0, case .backend(let id) = backend.destination else { return nil }
            return "\(id) (\(Int(backend.weight) * 100 / total) %)"
        }
    }
}
