import CLinux
import Glibc
import HTTP1
import HTTPSemantics
import Telemetry
import Upstream

/// An HTTP/1.1 connection to an endpoint. It carries one request at a time and waits in its endpoint's pool between.
final class UpstreamConnection: BackendConnection {
    enum Phase: UInt8 {
        case connecting, active, idle, closed
    }

    /// What of the response is still to come.
    enum Response {
        case head
        case length(UInt64)
        case chunked(ChunkedDecoder)
        case untilClose
        /// The protocol was switched: bytes until the connection ends.
        case tunnel
        case complete
    }

    var phase: Phase
    /// The beginning of a head, or of a trailer section, that is of no use without more bytes.
    var input = ByteQueue()
    private var socket: EndpointSocket
    var response: Response = .head
    var scanned = 0
    private var isReadable = false
    private var peerClosed = false
    /// A write met a reset. That used up the error, so that reading ends as if the stream had ended in order.
    var hasFailed = false
    /// The endpoint lets the connection be used again after this response.
    var isPersistent = true
    /// Nothing follows what waits to be sent, after a switch of protocols.
    private var finishesAfterFlush = false
    /// Something of the current response has arrived.
    var hasReceived = false

    private override init(worker: Worker, endpoint: EndpointPool, descriptor: Int32) {
        phase = .connecting
        socket = EndpointSocket(policy: endpoint.policy, worker: worker)
        super.init(worker: worker, endpoint: endpoint, descriptor: descriptor)
    }

    /// Begins to connect; whether that works is reported to the request that takes the connection.
    static func connect(to endpoint: EndpointPool, worker: Worker) throws(SystemError) -> UpstreamConnection {
        let descriptor = try EndpointSocket.connect(to: endpoint.address)
        let connection = UpstreamConnection(worker: worker, endpoint: endpoint, descriptor: descriptor)
        do {
            try worker.loop.register(connection, connection: true)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        worker.counters.upstreamActive += 1
        worker.loop.setDeadline(connection, at: connection.socket.deadline)
        return connection
    }

    override func take(_ request: BackendRequest) {
        super.take(request)
        response = .head
        hasReceived = false
        isPersistent = true
        if phase == .idle {
            phase = .active
            worker.loop.clearDeadline(self)
        }
        if request.attemptDeadline != 0 { expect(by: request.attemptDeadline) }
    }

    /// The request at hand is told when it has not been answered by `deadline`.
    private func expect(by deadline: UInt64) {
        worker.loop.setDeadline(self, at: phase == .connecting ? min(deadline, socket.deadline) : deadline)
    }

    override var waitingByteCount: Int { socket.waitingByteCount }
    override var isBlocked: Bool { socket.isBlocked }

    // MARK: Events

    override func ready(_ events: UInt32) {
        let failure = WEIR_EVENT_BROKEN
        switch phase {
        case .connecting:
            let progress = socket.advance(
                events, descriptor: descriptor, worker: worker, target: worker.receive.area,
                room: worker.receive.areaCount)
            switch progress {
            case .pending: return
            case .failed(let failure): return connectFailed(failure)
            case .open(let count): connected(count)
            }
            return receive(events, failure)
        case .idle:
            let hasEnded = events & (failure | WEIR_EVENT_PEER_CLOSED) != 0
            let hasInput = events & WEIR_EVENT_IN != 0
            if hasEnded || (hasInput && !socket.isQuiet(descriptor: descriptor, worker: worker)) {
                endpoint.forget(self)
                closeIdle()
            }
        case .active:
            if events & WEIR_EVENT_OUT != 0, socket.isBlocked {
                flush()
                if !socket.isBlocked { request?.upstreamDrained() }
            }
            receive(events, failure)
        case .closed: break
        }
    }

    private func receive(_ events: UInt32, _ failure: UInt32) {
        if events & (failure | WEIR_EVENT_PEER_CLOSED) != 0 {
            peerClosed = true
            isReadable = true
        }
        if events & WEIR_EVENT_IN != 0 { isReadable = true }
        if isReadable { processInput() }
    }

    override func deadlineReached() {
        switch phase {
        case .idle:
            endpoint.forget(self)
            closeIdle()
        case .connecting where worker.loop.now >= socket.deadline: connectFailed(.unreachable)
        case .connecting, .active:
            // The wheel may be early by a part of a tick.
            let deadline = request?.attemptDeadline ?? 0
            if deadline != 0, worker.loop.now >= deadline {
                request?.attemptTimedOut()
            } else if deadline != 0 {
                expect(by: deadline)
            } else if phase == .connecting {
                worker.loop.setDeadline(self, at: socket.deadline)
            }
        case .closed: break
        }
    }

    /// - Parameter count: bytes that came with the end of the handshake and stand in the receive area.
    private func connected(_ count: Int) {
        phase = .active
        worker.loop.clearDeadline(self)
        if let request, request.attemptDeadline != 0 { expect(by: request.attemptDeadline) }
        worker.counters.upstreamConnects += 1
        endpoint.health.connectSucceeded()
        if count > 0, let request {
            // An answer without a question: an overloaded endpoint perhaps.
            hasReceived = true
            process(count, request: request)
            guard phase == .active else { return }
        }
        // With TLS there may be something to read that came in one piece with the handshake.
        if endpoint.policy.tls != nil { isReadable = true }
        flush()
        if !socket.isBlocked { request?.upstreamDrained() }
    }

    private func connectFailed(_ failure: UpstreamFailure) {
        endpoint.connectFailed(failure, worker: worker)
        let request = detach()
        let unsent = socket.takeUnsent()
        close()
        request?.connectFailed(endpoint: endpoint, failure: failure, unsent: unsent)
    }

    // MARK: Sending

    /// Errors show up as events.
    override func send(_ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) {
        guard socket.send(head, body, descriptor: descriptor, worker: worker) else { return failLater() }
    }

    private func flush() {
        guard socket.flush(descriptor) else { return failLater() }
        if finishesAfterFlush, !socket.isBlocked { finishSending() }
    }

    override func finishSending() {
        finishesAfterFlush = socket.isBlocked
        if !finishesAfterFlush { socket.finish(descriptor: descriptor, worker: worker) }
    }

    /// A write failed. The endpoint may have answered before it closed (413 and the like), so its bytes are read first.
    private func failLater() {
        // EPIPE comes after a FIN: what was sent before that is complete.
        if errno != EPIPE { hasFailed = true }
        socket.discard()
        peerClosed = true
        isReadable = true
        worker.loop.continueLater(self)
    }

    // MARK: Receiving

    /// Reads and hands on until nothing is left, the client does not take more, or the response is complete.
    override func processInput() {
        var turns = 0
        while phase == .active, isReadable, let request {
            if request.isDownstreamBlocked { return }
            let saved = input.count
            if let base = input.bytes.baseAddress, saved > 0 {
                worker.receive.area.copyMemory(from: base, byteCount: saved)
            }
            let room = worker.receive.areaCount - saved
            let reception = socket.receive(
                into: worker.receive.area + saved, room: room, descriptor: descriptor, worker: worker)
            switch reception {
            case .bytes(let count, let isDrained):
                input.release()
                hasReceived = true
                if isDrained, !peerClosed { isReadable = false }
                process(saved + count, request: request)
            case .nothing: isReadable = false
            case .interrupted: break
            case .end(let isOrderly):
                isReadable = false
                return endOfStream(isOrderly: isOrderly && !hasFailed, request: request)
            }
            turns += 1
            if turns == 16, isReadable, phase == .active {
                worker.loop.continueLater(self)
                return
            }
        }
    }

    // MARK: The end of a request

    /// Back to the pool if both sides are through with the request.
    override func release(requestIsComplete: Bool) {
        _ = detach()
        guard requestIsComplete, isPersistent, !hasFailed, !socket.isBlocked, input.isEmpty, !peerClosed,
            phase == .active,
            !endpoint.isRetired, !worker.isDraining
        else { return close() }
        // Bytes that nobody asked for would be taken for the answer to the next request.
        guard !isReadable || socket.isQuiet(descriptor: descriptor, worker: worker) else { return close() }
        isReadable = false
        isReused = true
        phase = .idle
        worker.loop.setDeadline(self, at: worker.loop.now + worker.settings.upstreamIdleTimeout)
        endpoint.giveBack(self)
    }

    /// The connection cannot be used again.
    override func abandon() {
        _ = detach()
        close()
    }

    func closeIdle() {
        close()
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        input.release()
        socket.close(descriptor: descriptor, worker: worker)
        worker.counters.upstreamActive -= 1
        worker.loop.close(self)
    }
}
