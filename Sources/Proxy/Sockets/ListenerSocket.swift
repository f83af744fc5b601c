import CLinux
import Glibc
import Routing
import TLS

/// One worker's listening socket for one port. All workers listen on the same address with SO_REUSEPORT, and the
/// kernel deals connections out.
final class ListenerSocket: EventHandler {
    let worker: Worker
    let address: SocketAddress
    /// The port as the Gateway states it.
    let specPort: UInt16
    /// Position in the current table's ports; -1 when the port is no longer served (its last connections finish).
    var portIndex: Int
    /// What connections are for; the last known when the port is no longer served.
    var port: PortRuntime

    init(
        worker: Worker, descriptor: Int32, address: SocketAddress, specPort: UInt16, portIndex: Int, port: PortRuntime
    ) {
        self.port = port
        self.worker = worker
        self.address = address
        self.specPort = specPort
        self.portIndex = portIndex
        super.init(descriptor: descriptor)
    }

    /// Opens a listening socket. TCP_NODELAY and SO_KEEPALIVE are inherited by what it accepts.
    static func open(_ address: SocketAddress) throws(SystemError) -> Int32 {
        let descriptor = try bound(address, reusePort: true)
        guard listen(descriptor, 4096) == 0 else {
            let error = errno
            Glibc.close(descriptor)
            throw SystemError(call: "listen", errno: error)
        }
        return descriptor
    }

    /// Fails when another process has the port, which SO_REUSEPORT alone would not notice.
    static func probe(_ address: SocketAddress) throws(SystemError) {
        Glibc.close(try bound(address, reusePort: false))
    }

    private static func bound(_ address: SocketAddress, reusePort: Bool) throws(SystemError) -> Int32 {
        let descriptor = weir_socket(address.family)
        guard descriptor >= 0 else { throw SystemError(call: "socket", errno: errno) }
        _ = weir_set_reuseaddr(descriptor)
        if reusePort { _ = weir_set_reuseport(descriptor) }
        // `::` takes IPv4 clients as well.
        if address.isIPv6 { _ = weir_set_v6only(descriptor, 0) }
        _ = weir_set_nodelay(descriptor)
        // A client that vanished without a FIN would otherwise hold a long stream for ever.
        _ = weir_set_keepalive(descriptor)
        let result = address.withSockaddr { bind(descriptor, $0, $1) }
        guard result == 0 else {
            let error = errno
            Glibc.close(descriptor)
            throw SystemError(call: "bind", errno: error)
        }
        return descriptor
    }

    /// Whether a request that matched like this is for another listener than `listenerKey` stands for (RFC 9110 section
    /// 15.5.20): that one may ask for other client certificates or have other owners.
    func differs(from listenerKey: Int, _ outcome: MatchOutcome, _ table: LoopTable) -> Bool {
        outcome.listener >= 0 && table.ports[portIndex].served.listenerKeys[Int(outcome.listener)] != listenerKey
    }

    override func ready(_ events: UInt32) {
        // Level-triggered: what is left over is reported again, after other descriptors had their turn.
        for _ in 0..<64 where !acceptOne() { return }
    }

    /// Accepts what waits, then closes: a connection that the kernel has completed is not reset.
    func acceptRestAndClose() {
        while acceptOne() {}
        worker.loop.close(self)
    }

    private func acceptOne() -> Bool {
        var storage = sockaddr_storage()
        let accepted = weir_accept(descriptor, &storage)
        if accepted < 0 {
            if errno == EMFILE || errno == ENFILE { worker.refuseOne(descriptor) }
            return errno == EINTR || errno == ECONNABORTED
        }
        guard let client = SocketAddress(storage) else {
            Glibc.close(accepted)
            return true
        }
        worker.accepted(accepted, client: client, listener: self)
        return true
    }
}
