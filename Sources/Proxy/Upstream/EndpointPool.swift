import Routing
import Telemetry
import Upstream

/// One endpoint as one event loop sees it: its pooled connections and its load. Backends that name the same address and
/// want the same of its connections share it.
final class EndpointPool {
    let address: SocketAddress
    let policy: ConnectionPolicy
    /// Connections that wait for a request, the most recently used last: it is taken first, so that surplus ones age.
    private(set) var idle: ContiguousArray<UpstreamConnection> = []
    /// Connections that carry many requests at once (HTTP/2), all that are open or opening.
    private(set) var multiplexed: ContiguousArray<UpstreamHTTP2Connection> = []
    let isMultiplexed: Bool
    /// How many streams of a connection the endpoint allowed lately.
    var streamLimit = UpstreamHTTP2Connection.mostStreams
    /// Requests of this loop that are with this endpoint now.
    var requestsInFlight = 0
    /// Copies for mirrors among them.
    var mirrorsInFlight = 0
    /// No table names this endpoint any more: connections close as soon as they are free.
    private(set) var isRetired = false
    var health = EndpointHealth()

    /// Stands for the address in session tokens.
    let sessionHash: UInt64

    init(address: SocketAddress, policy: ConnectionPolicy = ConnectionPolicy()) {
        self.address = address
        self.policy = policy
        isMultiplexed = policy.protocol == .http2
        var text = address.description
        sessionHash = text.withUTF8 { SessionHash.address(UnsafeRawBufferPointer($0)) }
    }

    func takeIdle() -> UpstreamConnection? {
        idle.popLast()
    }

    func giveBack(_ connection: UpstreamConnection) {
        idle.append(connection)
    }

    /// Takes a connection out that closed while it waited.
    func forget(_ connection: UpstreamConnection) {
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    /// A connection could not be opened.
    func connectFailed(_ failure: UpstreamFailure, worker: Worker) {
        health.connectFailed(now: worker.loop.now)
        worker.counters.upstreamConnectFailures += 1
        if failure.isAboutTLS { worker.counters.upstreamHandshakeFailures += 1 }
        if failure.isAboutIdentity { worker.counters.upstreamVerificationFailures += 1 }
    }

    var key: EndpointKey { EndpointKey(address: address, policy: policy) }

    /// A stream of a connection with room for one; nil when there is none.
    func takeStream() -> UpstreamStream? {
        multiplexed.first { $0.hasRoom }?.makeStream()
    }

    func add(_ connection: UpstreamHTTP2Connection) {
        multiplexed.append(connection)
    }

    func forget(_ connection: UpstreamHTTP2Connection) {
        multiplexed.removeAll { $0 === connection }
    }

    func retire() {
        isRetired = true
        for connection in multiplexed { connection.retire() }
        let connections = idle
        idle = []
        for connection in connections { connection.closeIdle() }
    }

    /// An address came back before its last connection was gone.
    func revive() {
        isRetired = false
    }
}
