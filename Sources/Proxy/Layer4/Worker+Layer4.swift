import CLinux
import Glibc

extension Worker {
    /// Gives a connection that was just accepted to whoever serves its port.
    func accepted(_ descriptor: Int32, client: SocketAddress, listener: ListenerSocket) {
        connectionOpened()
        serve(descriptor, client: client, listener: listener, events: 0) { handler throws(SystemError) in
            try self.loop.register(handler, connection: true)
        }
    }

    /// Serves a connection that counts as open, and of which nothing has been read but its PROXY protocol header.
    private func serve(
        _ descriptor: Int32, client: SocketAddress, listener: ListenerSocket, events: UInt32,
        register: (EventHandler) throws(SystemError) -> Void
    ) {
        switch listener.port.service {
        case .http: startHTTP(descriptor, client: client, listener: listener, events: events, register: register)
        case .plain(let target):
            guard listener.portIndex >= 0 else { return refuse(descriptor) }
            StreamRelay.begin(
                worker: self, target: target, descriptor: descriptor, client: client, events: events, register: register
            )
        case .tls, .datagrams: refuse(descriptor)
        }
    }

    private func startHTTP(
        _ descriptor: Int32, client: SocketAddress, listener: ListenerSocket, events: UInt32,
        register: (EventHandler) throws(SystemError) -> Void
    ) {
        let connection = ServerConnection(worker: self, listener: listener, descriptor: descriptor, client: client)
        if listener.port.served.isSecure {
            guard connection.startTLS(listener.port.served) else { return refuse(descriptor) }
        }
        do {
            try register(connection)
            connection.opened()
        } catch {
            Glibc.close(descriptor)
            connectionClosed()
        }
    }

    /// Closes a connection that has no handler by RST.
    func refuse(_ descriptor: Int32) {
        _ = weir_set_reset_on_close(descriptor)
        Glibc.close(descriptor)
        connectionClosed()
    }

    /// Endpoints have left: their connections are given time to finish.
    func drainStreamsOfRetiredEndpoints() {
        loop.forEachHandler { ($0 as? StreamEnd)?.endpointsChanged() }
    }
}
