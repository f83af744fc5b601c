import HTTP1
import HTTPSemantics
import Routing
import Telemetry

/// A copy of a request for a mirror (`requestMirror`). It lives beside the exchange that it copies: its response is read
/// and thrown away, and whatever happens to it, the client's request does not notice.
///
/// What bounds it: the time it may take, the bytes that may wait for a slow mirror, and the number of copies that one
/// endpoint may have open.
final class MirrorRequest: BackendRequest {
    /// Kept for `pool`.
    private let table: LoopTable
    private let backendIndex: Int
    /// The endpoint that counts this copy.
    private let endpoint: EndpointPool
    private var isOver = false

    private init(worker: Worker, table: LoopTable, backendIndex: Int, endpoint: EndpointPool) {
        self.table = table
        self.backendIndex = backendIndex
        self.endpoint = endpoint
        super.init(worker: worker)
    }

    override var pool: BackendPool? { table.currentPool(backendIndex, worker: worker) }

    /// Sends `head` to an endpoint of the mirror.
    /// - Returns: the copy, so that the body can follow; nil when it was not sent.
    static func start(
        _ mirror: CompiledRequestMirror, head: UnsafeRawBufferPointer, method: RequestMethod, table: LoopTable,
        worker: Worker
    ) -> MirrorRequest? {
        let pool = table.backends[Int(mirror.backendIndex)]
        guard let endpoint = pool.pick(random: worker.random(), now: worker.loop.now),
            endpoint.mirrorsInFlight < worker.settings.mirrorsPerEndpoint
        else {
            worker.counters.mirrorsDropped += 1
            return nil
        }
        let request = MirrorRequest(
            worker: worker, table: table, backendIndex: Int(mirror.backendIndex), endpoint: endpoint)
        request.method = method
        request.attemptDeadline = worker.loop.now + worker.settings.mirrorTimeout
        guard let connection = request.acquire(endpoint) else {
            worker.counters.mirrorsDropped += 1
            return nil
        }
        endpoint.mirrorsInFlight += 1
        worker.counters.mirrorsSent += 1
        request.use(connection)
        if connection.mayBeRefused || (connection.isReused && method.isIdempotent) { request.replay.append(head) }
        connection.send(head, UnsafeRawBufferPointer(start: nil, count: 0))
        return request
    }

    /// Body bytes as they go to the backend.
    /// - Returns: false when the copy was given up.
    func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !isOver, let upstream else { return false }
        guard upstream.waitingByteCount + bytes.count <= worker.settings.mirrorBufferBytes else {
            worker.counters.mirrorsDropped += 1
            abandon()
            return false
        }
        // Only a request that is here completely could be sent again.
        replay.release()
        upstream.send(UnsafeRawBufferPointer(start: nil, count: 0), bytes)
        return true
    }

    /// The whole request has been given to `send`.
    func requestIsComplete() {
        requestIsSent = true
    }

    /// Ends the copy, whatever its state.
    func abandon() {
        guard !isOver else { return }
        upstream?.abandon()
        finish()
    }

    private func finish() {
        isOver = true
        upstream = nil
        endpoint.mirrorsInFlight -= 1
    }

    // MARK: What comes back is not wanted

    override func backendUnreachable(_ failure: UpstreamFailure) { fail() }
    override func upstreamFailed(_ failure: UpstreamFailure) { fail() }
    override func responseTruncated() { fail() }
    override func attemptTimedOut() { fail() }

    private func fail() {
        worker.counters.mirrorsFailed += 1
        abandon()
    }

    override func sendResponseEnd(
        _ data: UnsafeMutableRawBufferPointer, trailerBase: UnsafeMutableRawPointer?, trailerCount: Int
    ) {
        guard !isOver else { return }
        upstream?.release(requestIsComplete: requestIsSent)
        finish()
    }
}
