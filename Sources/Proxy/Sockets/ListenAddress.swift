/// Where a port is served: the same number means different sockets for TCP and for UDP.
struct ListenAddress: Sendable, Hashable {
    var socket: SocketAddress
    var isDatagram: Bool

    /// A socket for one worker.
    func open() throws(SystemError) -> Int32 {
        isDatagram ? try DatagramSocket.open(socket) : try ListenerSocket.open(socket)
    }

    /// Fails when another process has the port.
    func probe() throws(SystemError) {
        if isDatagram { try DatagramSocket.probe(socket) } else { try ListenerSocket.probe(socket) }
    }
}
