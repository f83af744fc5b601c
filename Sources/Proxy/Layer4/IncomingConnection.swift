import CLinux
import Glibc
import ProxyProtocol
import Routing

/// A client's connection that counts as open and is on its way to whoever serves it. Nothing of it has been read but its
/// PROXY protocol header.
struct IncomingConnection {
    let listener: ListenerSocket
    let descriptor: Int32
    /// The client as the peer or its PROXY protocol header tells.
    var client: SocketAddress
    /// What the client connected to, when a PROXY protocol header told it.
    var destination: SocketAddress?
    /// Who looked at the beginning, and is called by the loop so far; nil directly after `accept`.
    var inspector: ConnectionInspector?
    /// What the loop has reported so far: it will not do so again.
    var events: UInt32 = 0

    private var worker: Worker { listener.worker }

    /// From now on the loop calls `handler` for the connection.
    func adopt(_ handler: EventHandler) throws(SystemError) {
        if let inspector {
            worker.loop.handOver(inspector, to: handler)
        } else {
            try worker.loop.register(handler, connection: true)
        }
    }

    /// Ends the connection by RST.
    func refuse() {
        _ = weir_set_reset_on_close(descriptor)
        close()
    }

    func close() {
        if let inspector { worker.loop.close(inspector) } else { Glibc.close(descriptor) }
        worker.connectionClosed()
    }

    /// What tells a backend who the client is and what it connected to.
    func proxyHeader(_ version: BackendConfiguration.ProxyProtocolVersion) -> [UInt8] {
        let header = ProxyHeader(
            addresses: (destination ?? SocketAddress.local(of: descriptor)).map { destination in
                ProxyHeader.Addresses(source: .init(client), destination: .init(destination))
            })
        return switch version {
        case .v1: header.text()
        case .v2: header.binary()
        }
    }
}
