import HTTP1
import HTTPSemantics
import Telemetry
import Upstream

/// A request that is with a backend: what a `BackendConnection` works for. A client's own (`Exchange`), its copy for a
/// mirror (`MirrorRequest`), or a question to an authorization server (`AuthorizationRequest`).
///
/// Whoever calls a method that may end the request does not touch it afterwards.
class BackendRequest {
    final let worker: Worker
    final var method: RequestMethod = .get
    final var upstream: BackendConnection?
    /// Everything of the request has been handed to the backend's connection.
    final var requestIsSent = false
    /// The request so far, kept while it may have to be sent again; empty when it may not.
    final var replay = ByteQueue()
    /// Connections that were opened or tried for the attempt at hand.
    final var connectionAttempts = 0
    /// Why the last connection that was tried could not be opened.
    final var connectFailure = UpstreamFailure.unreachable
    /// When the attempt at hand must have its whole response, in nanoseconds of the loop's clock; 0 for never.
    final var attemptDeadline: UInt64 = 0

    init(worker: Worker) {
        self.worker = worker
    }

    // MARK: For the kinds of requests to say

    /// The endpoints as they are now: they may have changed since the request began.
    var pool: BackendPool? { nil }

    /// Whether it does no harm when the backend sees the request twice (RFC 9110 section 9.2.2).
    var isRepeatable: Bool { method.isIdempotent }

    /// True while nobody takes more of the response: the backend is not read meanwhile.
    var isDownstreamBlocked: Bool { false }

    /// The backend's connection has taken all that it was given.
    func upstreamDrained() {}

    /// No endpoint could be reached; why the last of those that were tried could not.
    func backendUnreachable(_ failure: UpstreamFailure) {}

    /// The backend broke the rules or off, before any part of the final response was passed on.
    func upstreamFailed(_ failure: UpstreamFailure) {}

    /// The backend broke off inside the response body.
    func responseTruncated() {}

    /// `attemptDeadline` has passed.
    func attemptTimedOut() {}

    /// Whether the response with this head is given up for another attempt. If so the request has let go of the
    /// connection.
    func retries(_ head: ResponseHead, isComplete: Bool) -> Bool { false }

    /// An interim response (1xx).
    func sendInterim(_ head: ResponseHead, base: UnsafeMutableRawPointer) {}

    /// The final response head, which stands at `base`. Its body follows in the same turn.
    func writeResponseHead(_ head: ResponseHead, base: UnsafeMutableRawPointer) {}

    /// The request has asked the backend to switch protocols.
    var awaitsSwitch: Bool { false }

    /// The backend switches (101). What it sends from now on comes as the bytes of a body.
    func switchProtocols(_ head: ResponseHead, base: UnsafeMutableRawPointer) {}

    /// Body bytes, which stand in the receive area; more will follow.
    func sendResponseBody(_ data: UnsafeMutableRawBufferPointer) {}

    /// The last body bytes. The request is over afterwards.
    func sendResponseEnd(
        _ data: UnsafeMutableRawBufferPointer, trailerBase: UnsafeMutableRawPointer?, trailerCount: Int
    ) {}

    // MARK: Finding a connection

    /// A connection to `endpoint`, pooled or new; when connecting fails at once (no route, no descriptor), to another
    /// endpoint. At most three are tried for one attempt; nil when none is left.
    final func acquire(_ endpoint: EndpointPool) -> BackendConnection? {
        var endpoint = endpoint
        while true {
            connectionAttempts += 1
            if let connection = available(endpoint) ?? connect(endpoint) { return connection }
            guard let next = nextEndpoint(after: endpoint) else { return nil }
            endpoint = next
        }
    }

    /// Another endpoint after `failed` could not be reached; nil when enough were tried.
    private func nextEndpoint(after failed: EndpointPool) -> EndpointPool? {
        guard let pool, connectionAttempts < min(3, pool.candidateCount) else { return nil }
        return pool.pick(random: worker.random(), now: worker.loop.now, excluding: failed)
    }

    private func available(_ endpoint: EndpointPool) -> BackendConnection? {
        endpoint.isMultiplexed ? endpoint.takeStream() : endpoint.takeIdle()
    }

    private func connect(_ endpoint: EndpointPool) -> BackendConnection? {
        do {
            guard endpoint.policy.isUsable else {
                connectFailure = .tlsUnusable
                endpoint.connectFailed(.tlsUnusable, worker: worker)
                return nil
            }
            if endpoint.isMultiplexed {
                let connection = try UpstreamHTTP2Connection.connect(to: endpoint, worker: worker)
                endpoint.add(connection)
                return connection.makeStream()
            }
            return try UpstreamConnection.connect(to: endpoint, worker: worker)
        } catch {
            connectFailure = .unreachable
            endpoint.connectFailed(.unreachable, worker: worker)
            return nil
        }
    }

    /// Makes `connection` work for this request.
    final func use(_ connection: BackendConnection) {
        upstream = connection
        connection.take(self)
    }

    // MARK: Connections that did not work out

    /// No connection to `endpoint` could be opened. Nothing has been sent, so another endpoint may be tried whatever the
    /// method; `unsent` is what waited for the connection.
    final func connectFailed(endpoint: EndpointPool, failure: UpstreamFailure, unsent: consuming ByteQueue) {
        upstream = nil
        connectFailure = failure
        guard let next = nextEndpoint(after: endpoint), let connection = acquire(next) else {
            return backendUnreachable(connectFailure)
        }
        resume(on: connection, unsent: unsent)
    }

    /// The connection has no room for the request, which waited for it: `unsent` goes to another one.
    final func move(to endpoint: EndpointPool, unsent: consuming ByteQueue) {
        upstream = nil
        guard connectionAttempts < Self.mostMoves, let connection = acquire(endpoint) else {
            return backendUnreachable(.unreachable)
        }
        resume(on: connection, unsent: unsent)
    }

    private static let mostMoves = 8

    private func resume(on connection: BackendConnection, unsent: consuming ByteQueue) {
        use(connection)
        // The pooled connection may turn out to be closed.
        if connection.isReused, isRepeatable, requestIsSent, replay.isEmpty {
            replay.append(UnsafeRawBufferPointer(unsent.bytes))
        }
        connection.send(UnsafeRawBufferPointer(unsent.bytes), UnsafeRawBufferPointer(start: nil, count: 0))
        // The client was not read while the first connection was opening, and a pooled one reports no event of its own.
        if !connection.isBlocked { upstreamDrained() }
    }

    /// A pooled connection was closed by the endpoint before it answered anything: the request goes out once more on a
    /// fresh connection if it may be repeated (RFC 9110 section 9.2.2) and is still here completely.
    final func pooledConnectionWasStale() {
        guard isRepeatable, !replay.isEmpty, requestIsSent, let connection = freshConnection() else {
            return upstreamFailed(.disconnected)
        }
        upstream?.abandon()
        worker.counters.upstreamStaleRetries += 1
        use(connection)
        connection.send(UnsafeRawBufferPointer(replay.bytes), UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// The endpoint says that it has not looked at the request (RFC 9113 section 8.7): it goes out once more, whatever its
    /// method, if it is still here.
    final func wasNotProcessed() {
        upstream = nil
        guard !replay.isEmpty, connectionAttempts < Self.mostMoves,
            let endpoint = pool?.pick(random: worker.random(), now: worker.loop.now), let connection = acquire(endpoint)
        else { return upstreamFailed(.refused) }
        worker.counters.upstreamUnprocessedRetries += 1
        use(connection)
        connection.send(UnsafeRawBufferPointer(replay.bytes), UnsafeRawBufferPointer(start: nil, count: 0))
        if !connection.isBlocked { upstreamDrained() }
    }

    /// A new connection to any endpoint of the backend: another pooled one might be as stale as the first. Of one that
    /// carries many requests all come here at once, and share the next.
    private func freshConnection() -> BackendConnection? {
        guard let endpoint = pool?.pick(random: worker.random(), now: worker.loop.now) else { return nil }
        return (endpoint.isMultiplexed ? endpoint.takeStream() : nil) ?? connect(endpoint)
    }
}
