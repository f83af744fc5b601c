import Routing
import TLS
import Telemetry

extension Worker {
    /// Gives a connection that was just accepted to whoever serves its port.
    func accepted(_ descriptor: Int32, client: SocketAddress, listener: ListenerSocket) {
        connectionOpened()
        let connection = IncomingConnection(listener: listener, descriptor: descriptor, client: client)
        if let trusted = listener.port.trustedPeers, trusted.contains(client) {
            ConnectionInspector.awaitProxyHeader(connection)
        } else {
            serve(connection)
        }
    }

    /// Serves a connection whose client is known.
    func serve(_ connection: IncomingConnection) {
        let listener = connection.listener
        switch listener.port.service {
        case .http: startHTTP(connection)
        case .plain(let target):
            guard listener.portIndex >= 0 else { return connection.refuse() }
            StreamRelay.begin(connection, target: target)
        case .tls(let table): ConnectionInspector.awaitClientHello(connection, table)
        case .datagrams: connection.refuse()
        }
    }

    /// Serves a connection that has sent its ClientHello, on a port where the server name decides. Nobody has answered yet:
    /// who is not served is not told by a TLS alert either.
    func serve(_ connection: IncomingConnection, serverName: String?) {
        // As the port is now: it may have changed since the connection began.
        guard case .tls(let table) = connection.listener.port.service else { return serve(connection) }
        guard connection.listener.portIndex >= 0, let owner = table.listeners.find(serverName) else {
            table.unmatched.refuse(.noRoute)
            return connection.refuse()
        }
        switch owner {
        case .https: startHTTP(connection)
        case .stream(let listener):
            guard let target = listener.routes.find(serverName) else {
                listener.unrouted.refuse(.noRoute)
                return connection.refuse()
            }
            guard listener.terminatesTLS else {
                return StreamRelay.begin(connection, target: target, isPassthrough: true)
            }
            guard let session = connection.listener.port.served.tls?.session(transit: transit) else {
                listener.unrouted.refuse(.handshakeFailed)
                return connection.refuse()
            }
            StreamRelay.begin(connection, target: target, tls: session)
        }
    }

    private func startHTTP(_ incoming: IncomingConnection) {
        let connection = ServerConnection(
            worker: self, listener: incoming.listener, descriptor: incoming.descriptor, client: incoming.client)
        if incoming.listener.port.served.isSecure {
            guard connection.startTLS(incoming.listener.port.served) else { return incoming.refuse() }
        }
        do {
            try incoming.adopt(connection)
        } catch {
            return incoming.close()
        }
        connection.opened()
        if incoming.events != 0 { connection.ready(incoming.events) }
    }

    /// Endpoints have left: their connections are given time to finish.
    func drainStreamsOfRetiredEndpoints() {
        guard relayCount > 0 else { return }
        loop.forEachHandler { ($0 as? StreamEnd)?.endpointsChanged() }
    }
}
