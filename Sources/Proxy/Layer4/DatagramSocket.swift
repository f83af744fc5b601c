import CLinux
import Glibc

/// One worker's socket for one UDP listener. All workers bind the same address with SO_REUSEPORT; the kernel gives the
/// datagrams of a client's address and port to the same worker as long as the set of sockets stays.
final class DatagramSocket: EventHandler {
    let worker: Worker
    let address: SocketAddress
    /// Who gets new flows.
    var target: StreamTarget

    init(worker: Worker, descriptor: Int32, address: SocketAddress, target: StreamTarget) {
        self.worker = worker
        self.address = address
        self.target = target
        super.init(descriptor: descriptor)
    }

    static func open(_ address: SocketAddress) throws(SystemError) -> Int32 {
        let descriptor = try bound(address, reusePort: true)
        // A batch of clients that ask at once should find room. The system may give less.
        _ = weir_set_receive_buffer(descriptor, 4 * 1024 * 1024)
        if address.isWildcard { _ = weir_set_packet_info(descriptor, address.family) }
        return descriptor
    }

    /// Fails when another process has the port, which SO_REUSEPORT alone would not notice.
    static func probe(_ address: SocketAddress) throws(SystemError) {
        Glibc.close(try bound(address, reusePort: false))
    }

    private static func bound(_ address: SocketAddress, reusePort: Bool) throws(SystemError) -> Int32 {
        let descriptor = weir_udp_socket(address.family)
        guard descriptor >= 0 else { throw SystemError(call: "socket", errno: errno) }
        if reusePort { _ = weir_set_reuseport(descriptor) }
        // `::` takes IPv4 clients as well.
        if address.isIPv6 { _ = weir_set_v6only(descriptor, 0) }
        guard address.withSockaddr({ bind(descriptor, $0, $1) }) == 0 else {
            let error = errno
            Glibc.close(descriptor)
            throw SystemError(call: "bind", errno: error)
        }
        return descriptor
    }

    override func ready(_ events: UInt32) {
        // Level-triggered: what is left over is reported again, after other descriptors had their turn.
        for _ in 0..<4 {
            let count = worker.flows.buffers.receive(descriptor, withAddresses: true)
            guard count > 0 else {
                // An error that the kernel kept for this socket: reading it has cleared it.
                return
            }
            worker.flows.forward(count, from: self)
            if count < DatagramBuffers.batch || descriptor < 0 { return }
        }
    }

    /// Closes the socket and the flows that came over it.
    func retire() {
        worker.flows.close(from: self)
        worker.loop.close(self)
    }

    override func terminate() {
        retire()
    }
}
