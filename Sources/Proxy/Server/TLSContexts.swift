import Glibc
import Routing
import TLS

/// The TLS contexts of all ports, kept as long as nothing that concerns them changes: certificates are loaded once.
struct TLSContexts {
    private var credentials: [CertificateKeyPair: TLSCredential] = [:]
    private var contexts: [PortConfiguration: TLSServerContext] = [:]
    /// What the contexts answer ACME servers with.
    private var challenges: [String: CertificateKeyPair] = [:]
    private var challengeCredentials: [String: TLSCredential] = [:]
    private let ticketKeys = TLSTicketKeys {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }
    /// What could not be loaded, for the operator: listener or port, and why.
    private(set) var problems: [ProxyServer.TLSProblem] = []

    /// What the loops need of the ports of `configuration`, in their order.
    mutating func ports(of configuration: RoutingConfiguration, challenges: ACMEChallenges) -> [ServedPort] {
        problems = []
        loadCredentials(configuration)
        if challenges.certificates != self.challenges { take(challenges.certificates) }
        let before = contexts
        contexts = [:]
        return configuration.ports.map { port in
            let isForHandshakes = challenges.isForHandshakes(port)
            guard port.terminatesTLS || isForHandshakes else { return ServedPort(port, tls: nil) }
            let key = port.withoutRoutes
            do throws(TLSConfigurationError) {
                // Not `??`: its right side may not throw this type.
                let context =
                    if let known = before[key] { known } else {
                        try TLSServerContext(
                            port: key, credentials: credentials, ticketKeys: ticketKeys,
                            challenges: challengeCredentials)
                    }
                contexts[key] = context
                return ServedPort(port, tls: context, isForHandshakes: isForHandshakes)
            } catch {
                problems.append(
                    ProxyServer.TLSProblem(listener: nil, port: port.port, reason: error.description))
                return ServedPort(port, tls: nil)
            }
        }
    }

    /// Every context is made anew for other challenges; sessions can be resumed all the same, since the ticket keys stay.
    private mutating func take(_ challenges: [String: CertificateKeyPair]) {
        self.challenges = challenges
        challengeCredentials = challenges.compactMapValues { try? TLSCredential($0) }
        contexts = [:]
    }

    private mutating func loadCredentials(_ configuration: RoutingConfiguration) {
        let before = credentials
        credentials = [:]
        for port in configuration.ports {
            for (listener, tls) in port.terminations {
                for pair in tls.certificates where credentials[pair] == nil {
                    do throws(TLSConfigurationError) {
                        credentials[pair] = if let known = before[pair] { known } else { try TLSCredential(pair) }
                    } catch {
                        problems.append(
                            ProxyServer.TLSProblem(listener: listener, port: port.port, reason: error.description))
                    }
                }
            }
        }
    }
}

extension PortConfiguration {
    /// Every listener that terminates TLS.
    var terminations: [(ListenerID, ListenerTLS)] {
        listeners.compactMap { listener in listener.tls.map { (listener.id, $0) } }
            + streams.compactMap { stream in
                if case .terminate(let tls) = stream.mode { (stream.id, tls) } else { nil }
            }
    }

    var terminatesTLS: Bool { !terminations.isEmpty }

    /// What TLS contexts depend on.
    var withoutRoutes: PortConfiguration {
        var port = self
        for index in port.listeners.indices { port.listeners[index].routes = [] }
        for index in port.streams.indices { port.streams[index].routes = [] }
        return port
    }
}
