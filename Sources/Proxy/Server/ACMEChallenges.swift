package import Routing

/// What ACME servers are to find while they look whether names lead here.
package struct ACMEChallenges: Sendable, Hashable {
    /// RFC 8555 section 8.3: answered on every port without TLS, before routing.
    package struct HTTP: Sendable, Hashable {
        /// As it stands in Host, without a port: lower case, IPv6 in brackets.
        package var host: String
        package var token: String
        package var keyAuthorization: String

        package init(host: String, token: String, keyAuthorization: String) {
            self.host = host
            self.token = token
            self.keyAuthorization = keyAuthorization
        }
    }

    /// A port in the terms of `PortConfiguration`.
    package struct Port: Sendable, Hashable {
        package var address: String?
        package var port: UInt16

        package init(address: String?, port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    package var http: [HTTP] = []
    /// RFC 8737: for handshakes that offer `acme-tls/1`, by server name, on every port with TLS.
    package var certificates: [String: CertificateKeyPair] = [:]
    /// Opened where the configuration does not, for the challenges alone.
    package var httpPorts: [Port] = []
    package var tlsPorts: [Port] = []

    package init() {}

    package var isEmpty: Bool { http.isEmpty && certificates.isEmpty }
}

extension ACMEChallenges {
    /// The configuration with the ports that it lacks. They have no listeners: what is no challenge gets a 404, or no
    /// handshake.
    func added(to configuration: RoutingConfiguration) -> RoutingConfiguration {
        var configuration = configuration
        for port in httpPorts + tlsPorts {
            let isThere = configuration.ports.contains {
                $0.address == port.address && $0.port == port.port && $0.datagrams == nil
            }
            if !isThere { configuration.ports.append(PortConfiguration(address: port.address, port: port.port)) }
        }
        return configuration
    }

    /// The port is there for the challenge certificates alone.
    func isForHandshakes(_ port: PortConfiguration) -> Bool {
        port.listeners.isEmpty && port.streams.isEmpty && port.datagrams == nil
            && tlsPorts.contains { $0.address == port.address && $0.port == port.port }
    }
}
