import Routing
import TLS

/// What a port is besides its routes, ready for the loops.
struct ServedPort: Sendable {
    /// For the HTTPS listeners and terminating TLS listeners of the port.
    var tls: TLSServerContext?
    /// The port has HTTPS listeners: it is never served in plain text, also not when `tls` could not be made.
    var isSecure: Bool
    /// Parallel to `PortConfiguration.listeners`: stands for the listener's hostname, and so for the listener whatever
    /// its position in later configurations.
    var listenerKeys: [Int]

    /// - Parameter isForHandshakes: the port is there for ACME servers alone, without listeners.
    init(_ port: PortConfiguration, tls: TLSServerContext?, isForHandshakes: Bool = false) {
        self.tls = tls
        isSecure = isForHandshakes || port.listeners.contains { $0.tls != nil }
        listenerKeys = port.listeners.map { $0.hostname.hashValue }
    }
}
