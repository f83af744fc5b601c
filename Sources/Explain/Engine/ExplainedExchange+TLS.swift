import Routing

extension ExplainedExchange {
    /// What becomes of the request because of the name in the handshake: the listener for that name answers it, and no
    /// other (RFC 9110 section 15.5.20).
    func handshakeRefusal(chosen: Int) -> Explanation.Verdict? {
        guard let serverName else { return nil }
        let listeners = portConfiguration.listeners
        let named = listeners.indices.filter { listeners[$0].hostname.matches(serverName) }
            .max { listeners[$0].hostname.specificity < listeners[$1].hostname.specificity }
        guard let named else {
            return Explanation.Verdict(
                outcome: .refused, reason: .noListener, status: nil,
                message: "No listener of port \(portConfiguration.port) takes the server name \(serverName), so the "
                    + "TLS handshake fails.")
        }
        guard listeners.indices.contains(chosen), chosen != named else { return nil }
        return Explanation.Verdict(
            outcome: .refused, reason: .misdirected, status: 421,
            message: "The connection is for listener \(listeners[named].id.listener) because of the server name "
                + "\(serverName), but \(received.host) belongs to listener \(listeners[chosen].id.listener): 421, and "
                + "the client opens another connection.")
    }

    mutating func describeClientValidation() {
        guard serverName != nil, portConfiguration.clientValidation?.mode == .allowValidOnly else { return }
        explanation.problems.append(
            Explanation.Problem(
                source: nil, object: nil,
                message: "Clients of port \(portConfiguration.port) must show a valid certificate; the handshake fails "
                    + "without."))
    }
}
