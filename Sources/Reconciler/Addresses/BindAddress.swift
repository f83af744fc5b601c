/// Where a listener's socket is bound.
package struct BindAddress: Sendable, Hashable {
    /// An address of the Gateway's own; nil is the bind address of the process.
    package var address: String?
    /// The listener's port as the Gateway states it.
    package var port: UInt16
    package var transport: Transport

    /// TCP and UDP have port numbers of their own.
    package enum Transport: UInt8, Sendable, Hashable, CaseIterable {
        case stream
        case datagram
    }

    package init(address: String? = nil, port: UInt16, transport: Transport = .stream) {
        self.address = address
        self.port = port
        self.transport = transport
    }
}
