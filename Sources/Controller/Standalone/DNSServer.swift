/// A DNS server to ask instead of those that the system is configured with.
package struct DNSServer: Sendable, Hashable {
    /// An IP address in text form.
    package var host: String
    package var port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }
}
