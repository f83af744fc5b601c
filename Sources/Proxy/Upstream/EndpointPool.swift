/// One endpoint as one event loop sees it: its pooled connections and its load. Backends that name the same address
/// share it.
final class EndpointPool {
    let address: SocketAddress
    /// Connections that wait for a request, the most recently used last: it is taken first, so that surplus ones age.
    private(set) var idle: ContiguousArray<UpstreamConnection> = []
    /// Requests of this loop that are with this endpoint now.
    var requestsInFlight = 0
    /// No table names this endpoint any more: connections close as soon as they are free.
    private(set) var isRetired = false
    /// Consecutive connections that could not be opened.
    private var connectFailures = 0
    private var avoidUntil: UInt64 = 0

    init(address: SocketAddress) {
        self.address = address
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

    func retire() {
        isRetired = true
        let connections = idle
        idle = []
        for connection in connections { connection.closeIdle() }
    }

    /// An address came back before its last connection was gone.
    func revive() {
        isRetired = false
    }

    // MARK: Endpoints that refuse connections are left alone for a moment

    func connectSucceeded() {
        connectFailures = 0
        avoidUntil = 0
    }

    /// Keeps requests away for 1 s after the first failure, doubling to 8 s, while there are other endpoints: a dead
    /// endpoint has the fewest requests in flight and would otherwise draw them.
    func connectFailed(now: UInt64) {
        connectFailures += 1
        avoidUntil = now + 1_000_000_000 << UInt64(min(connectFailures - 1, 3))
    }

    func isAvoided(now: UInt64) -> Bool {
        avoidUntil > now
    }
}
