import CLinux
import Glibc
import ProxyProtocol
import TLS
import Telemetry

/// Looks at the beginning of a connection before it is known who serves it: at the PROXY protocol header of a trusted peer,
/// which is taken out, and at the ClientHello, which is left where it is. The kernel keeps the bytes meanwhile.
final class ConnectionInspector: EventHandler {
    private enum Stage {
        case proxyHeader
        case clientHello(ServerNameTable)
        case done
    }

    private let worker: Worker
    private var connection: IncomingConnection
    private var stage: Stage
    private var events: UInt32 = 0

    private init(_ connection: IncomingConnection, stage: Stage) {
        worker = connection.listener.worker
        self.connection = connection
        self.stage = stage
        super.init(descriptor: connection.descriptor)
    }

    /// Waits for the PROXY protocol header and then goes on with what the port is for.
    static func awaitProxyHeader(_ connection: IncomingConnection) {
        begin(ConnectionInspector(connection, stage: .proxyHeader), connection)
    }

    /// Waits for the ClientHello and then goes on with the listener that its server name leads to.
    static func awaitClientHello(_ connection: IncomingConnection, _ table: ServerNameTable) {
        if let inspector = connection.inspector {
            inspector.stage = .clientHello(table)
            inspector.look()
        } else {
            begin(ConnectionInspector(connection, stage: .clientHello(table)), connection)
        }
    }

    private static func begin(_ inspector: ConnectionInspector, _ connection: IncomingConnection) {
        do {
            try inspector.worker.loop.register(inspector, connection: true)
            inspector.worker.loop.setDeadline(
                inspector, at: inspector.worker.loop.now + inspector.worker.settings.headerTimeout)
        } catch {
            connection.refuse()
        }
    }

    // MARK: Events

    override func ready(_ events: UInt32) {
        self.events |= events
        if events & WEIR_EVENT_BROKEN != 0 { return end() }
        if events & (WEIR_EVENT_IN | WEIR_EVENT_PEER_CLOSED) != 0 { look() }
    }

    override func deadlineReached() {
        switch stage {
        case .proxyHeader: worker.counters.proxyHeadersRefused += 1
        case .clientHello(let table): table.unmatched.refuse(.timeout)
        case .done: break
        }
        refuse()
    }

    override func terminate() {
        refuse()
    }

    private func look() {
        let limit: Int
        switch stage {
        case .proxyHeader: limit = ProxyHeader.maximumBytes
        case .clientHello: limit = ClientHello.maximumBytes
        case .done: return
        }
        let count = weir_peek(descriptor, worker.receive.area, limit)
        guard count > 0 else {
            // Closed before it said anything: a probe. A failure ends it, too.
            if count == 0 || (errno != EAGAIN && errno != EINTR) { end() }
            return
        }
        let bytes = UnsafeRawBufferPointer(start: worker.receive.area, count: count)
        switch stage {
        case .proxyHeader: read(ProxyHeader.parse(bytes))
        case .clientHello(let table): read(ClientHello(bytes), table)
        case .done: break
        }
    }

    private func read(_ header: ProxyHeader.Parse) {
        switch header {
        case .incomplete: if events & WEIR_EVENT_PEER_CLOSED != 0 { end() }
        case .invalid:
            worker.counters.proxyHeadersRefused += 1
            refuse()
        case .complete(let header, let count):
            // It is there, so the kernel gives exactly this.
            guard weir_recv(descriptor, worker.receive.area, count) == count else { return refuse() }
            if let addresses = header.addresses {
                connection.client = SocketAddress(addresses.source)
                connection.destination = SocketAddress(addresses.destination)
            }
            proceed { worker.serve($0) }
        }
    }

    private func read(_ hello: ClientHello, _ table: ServerNameTable) {
        switch hello {
        case .incomplete: if events & WEIR_EVENT_PEER_CLOSED != 0 { end() }
        case .invalid:
            table.unmatched.refuse(.notTLS)
            refuse()
        case .complete(let serverName): proceed { worker.serve($0, serverName: serverName) }
        }
    }

    private func proceed(_ serve: (IncomingConnection) -> Void) {
        var connection = connection
        connection.inspector = self
        connection.events = events | WEIR_EVENT_IN
        stage = .done
        serve(connection)
    }

    // MARK: The end

    /// The process is draining: nobody waits for who has not said anything.
    func closeIfSilent() {
        if weir_is_quiet(descriptor) == 1 { end() }
    }

    private func refuse() {
        _ = weir_set_reset_on_close(descriptor)
        end()
    }

    private func end() {
        guard descriptor >= 0 else { return }
        stage = .done
        worker.loop.close(self)
        worker.connectionClosed()
    }
}

extension SocketAddress {
    init(_ address: ProxyHeader.Address) {
        self.init(mapped: (address.high, address.low), port: address.port)
    }
}

extension ProxyHeader.Address {
    init(_ address: SocketAddress) {
        let (high, low) = address.mapped
        self.init(high: high, low: low, port: address.port)
    }
}
