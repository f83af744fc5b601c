import Logging
import Proxy

/// Keeps the addresses of ExternalName backends current.
final class ExternalNames: Sendable {
    init(proxy: ProxyServer, dnsServer: DNSServer?, logger: Logger) {}
    func watch(_ names: Set<String>) async {}
}
