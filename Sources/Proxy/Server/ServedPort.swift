import Routing
import TLS

/// What a port is besides its routes, ready for the loops.
struct ServedPort: Sendable {
    /// For the HTTPS listeners and terminating TLS listeners of the port.
    var tls: TLSServerContext?
    /// The port has HTTPS listeners: it is never served in plain text, also not when `tls` could not be made.
    var isSecure: Bool
    /// Parallel to `PortConfiguration.listeners`: stands for the listener's hostname, and so for the listener whatever
    /// its position in later configurations, and for what clients must be. A connection from before a change of that has
    /// another key.
    var listenerKeys: [Int]

    /// - Parameter isForHandshakes: the port is there for ACME servers alone, without listeners.
    init(_ port: PortConfiguration, tls: TLSServerContext?, isForHandshakes: Bool = false) {
        self.tls = tls
        isSecure = isForHandshakes || port.listeners.contains { $0.tls != nil }
        listenerKeys = port.listeners.map { listener in
            var hasher = Hasher()
            hasher.combine(listener.hostname)
            hasher.combine(port.clientValidation)
            return hasher.finalize()
        }
    }
}
