import Glibc
import Routing
import TLS

/// The TLS contexts of all ports, kept as long as nothing that concerns them changes: certificates are loaded once.
struct TLSContexts {
    private var credentials: [CertificateKeyPair: TLSCredential] = [:]
    private var contexts: [PortConfiguration: TLSServerContext] = [:]
    private let ticketKeys = TLSTicketKeys {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }
    /// What could not be loaded, for the operator: listener or port, and why.
    private(set) var problems: [ProxyServer.TLSProblem] = []

    /// What the loops need of the ports of `configuration`, in their order.
    mutating func ports(of configuration: RoutingConfiguration) -> [ServedPort] {
        problems = []
        loadCredentials(configuration)
        let before = contexts
        contexts = [:]
        return configuration.ports.map { port in
            guard port.terminatesTLS else { return ServedPort(port, tls: nil) }
            let key = port.withoutRoutes
            do throws(TLSConfigurationError) {
                // Not `??`: its right side may not throw this type.
                let context =
                    if let known = before[key] { known } else {
                        try TLSServerContext(port: key, credentials: credentials, ticketKeys: ticketKeys)
                    }
                contexts[key] = context
                return ServedPort(port, tls: context)
            } catch {
                problems.append(
                    ProxyServer.TLSProblem(listener: nil, port: port.port, reason: error.description))
                return ServedPort(port, tls: nil)
            }
        }
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
