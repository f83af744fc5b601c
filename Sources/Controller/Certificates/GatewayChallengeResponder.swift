import GatewayAPI
package import Issuance
package import Proxy
import Reconciler
import Synchronization

/// The gateway as ACME servers see it: tells which challenges it can take part in, and has the data plane answer them.
package final class GatewayChallengeResponder: ACMEChallengeResponder {
    /// What the Gateways have, served or not.
    private struct Ports: Sendable {
        var cleartext: Set<UInt16> = []
        /// Of listeners that end TLS: also those that wait for their certificate.
        var tls: [ACMEChallenges.Port] = []
        /// Of the Gateways; nil is the bind address of the process.
        var addresses: [String?] = []
    }

    private struct State {
        /// nil before the first configuration.
        var ports: Ports?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let proxy: ProxyServer
    private let state = Mutex(State())

    package init(proxy: ProxyServer) {
        self.proxy = proxy
    }

    /// Takes note of the listeners.
    func update(_ summary: Summary) {
        var ports = Ports()
        for gateway in summary.gateways {
            for address in gateway.addresses where !ports.addresses.contains(address) {
                ports.addresses.append(address)
            }
            for listener in gateway.listeners {
                switch listener.protocol {
                case .http where listener.isServed: ports.cleartext.insert(listener.port)
                case .https, .tls:
                    ports.tls += gateway.addresses.map { ACMEChallenges.Port(address: $0, port: listener.port) }
                default: continue
                }
            }
        }
        let waiting = state.withLock { state in
            state.ports = ports
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func ports() async -> Ports {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.ports == nil { state.waiting.append(continuation) }
                return state.ports != nil
            }
            if isThere { continuation.resume() }
        }
        return state.withLock(\.ports) ?? Ports()
    }

    /// ACME servers ask on port 80 or 443; behind a port mapping these may have other numbers here. A port that is there
    /// comes before one that has to be opened for a moment.
    package func possibleKinds() async -> (kinds: [ACMEChallengeKind], obstacle: String?) {
        let ports = await ports()
        if ports.addresses.isEmpty { return ([], "No Gateway is served that could answer the ACME server.") }
        if ports.cleartext.contains(80) { return ([.http01, .tlsALPN01], nil) }
        if ports.tls.contains(where: { $0.port == 443 }) { return ([.tlsALPN01, .http01], nil) }
        return (ports.cleartext.isEmpty && !ports.tls.isEmpty ? [.tlsALPN01, .http01] : [.http01, .tlsALPN01], nil)
    }

    package func answer(_ answers: [ACMEChallengeAnswer]) async -> String? {
        let ports = await ports()
        var challenges = ACMEChallenges()
        for answer in answers {
            switch answer {
            case .http(let host, let token, let keyAuthorization):
                challenges.http.append(
                    ACMEChallenges.HTTP(
                        host: host.contains(":") ? "[\(host)]" : host, token: token, keyAuthorization: keyAuthorization)
                )
            case .tls(let serverName, let certificate): challenges.certificates[serverName] = certificate
            }
        }
        if !challenges.http.isEmpty, ports.cleartext.isEmpty {
            challenges.httpPorts = ports.addresses.map { ACMEChallenges.Port(address: $0, port: 80) }
        }
        if !challenges.certificates.isEmpty { challenges.tlsPorts = ports.tls }
        let failures = await proxy.setChallenges(challenges).filter { failure in
            (challenges.httpPorts + challenges.tlsPorts).contains {
                $0.address == failure.specAddress && $0.port == failure.specPort
            }
        }
        return failures.first.map { failure in
            "The gateway cannot answer the ACME server: port \(failure.port) cannot be opened: \(failure.reason)."
        }
    }
}
