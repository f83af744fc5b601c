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
        case complete
    }

    var phase: Phase
    /// The beginning of a head, or of a trailer section, that is of no use without more bytes.
    var input = ByteQueue()
    private var output = ByteQueue()
    var response: Response = .head
    var scanned = 0
    private var isReadable = false
    private var peerClosed = false
    /// A write met a reset. That used up the error, so that reading ends as if the stream had ended in order.
    var hasFailed = false
    /// The endpoint lets the connection be used again after this response.
    var isPersistent = true
    /// Something of the current response has arrived.
    var hasReceived = false
    /// When the connection must be open.
    private var connectDeadline: UInt64 = 0

    private override init(worker: Worker, endpoint: EndpointPool, descriptor: Int32) {
        phase = .connecting
        super.init(worker: worker, endpoint: endpoint, descriptor: descriptor)
    }

    /// Begins to connect; whether that works is reported to the request that takes the connection.
    static func connect(to endpoint: EndpointPool, worker: Worker) throws(SystemError) -> UpstreamConnection {
        let descriptor = weir_socket(endpoint.address.family)
        guard descriptor >= 0 else { throw SystemError(call: "socket", errno: errno) }
        _ = weir_set_nodelay(descriptor)
        // An endpoint that vanished without a FIN would otherwise hold a request for ever.
        _ = weir_set_keepalive(descriptor)
        let result = endpoint.address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            let error = errno
            Glibc.close(descriptor)
            throw SystemError(call: "connect", errno: error)
        }
        let connection = UpstreamConnection(worker: worker, endpoint: endpoint, descriptor: descriptor)
        do {
            try worker.loop.register(connection, connection: true)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        worker.counters.upstreamActive += 1
        connection.connectDeadline = worker.loop.now + worker.settings.connectTimeout
        worker.loop.setDeadline(connection, at: connection.connectDeadline)
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
        worker.loop.setDeadline(self, at: phase == .connecting ? min(deadline, connectDeadline) : deadline)
    }

    override var waitingByteCount: Int { output.count }
    override var isBlocked: Bool { !output.isEmpty || phase == .connecting }

    // MARK: Events

    override func ready(_ events: UInt32) {
        let failure = WEIR_EVENT_BROKEN
        switch phase {
        case .connecting:
            guard events & (WEIR_EVENT_OUT | failure) != 0 else { return }
            guard weir_socket_error(descriptor) == 0 else { return connectFailed() }
            connected()
            return receive(events, failure)
        case .idle:
            if events & (failure | WEIR_EVENT_IN | WEIR_EVENT_PEER_CLOSED) != 0 {
                endpoint.forget(self)
                closeIdle()
            }
        case .active:
            if events & WEIR_EVENT_OUT != 0, !output.isEmpty {
                flush()
                if output.isEmpty { request?.upstreamDrained() }
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
        case .connecting where worker.loop.now >= connectDeadline: connectFailed()
        case .connecting, .active:
            // The wheel may be early by a part of a tick.
            let deadline = request?.attemptDeadline ?? 0
            if deadline != 0, worker.loop.now >= deadline {
                request?.attemptTimedOut()
            } else if deadline != 0 {
                expect(by: deadline)
            } else if phase == .connecting {
                worker.loop.setDeadline(self, at: connectDeadline)
            }
        case .closed: break
        }
    }

    private func connected() {
        phase = .active
        worker.loop.clearDeadline(self)
        if let request, request.attemptDeadline != 0 { expect(by: request.attemptDeadline) }
        worker.counters.upstreamConnects += 1
        endpoint.health.connectSucceeded()
        flush()
        if output.isEmpty { request?.upstreamDrained() }
    }

    private func connectFailed() {
        endpoint.health.connectFailed(now: worker.loop.now)
        worker.counters.upstreamConnectFailures += 1
        let request = detach()
        var unsent = ByteQueue()
        swap(&unsent, &output)
        close()
        request?.connectFailed(endpoint: endpoint, failure: .unreachable, unsent: unsent)
    }

    // MARK: Sending

    /// Errors show up as events.
    override func send(_ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) {
        var sent = 0
        if !isBlocked {
            if let base = head.baseAddress, body.isEmpty {
                sent = weir_send(descriptor, base, head.count)
            } else if let base = body.baseAddress, head.isEmpty {
                sent = weir_send(descriptor, base, body.count)
            } else {
                sent = weir_send2(descriptor, head.baseAddress, head.count, body.baseAddress, body.count)
            }
            if sent == head.count + body.count { return }
            if sent < 0 {
                guard errno == EAGAIN || errno == EINTR else { return failLater() }
                sent = 0
            }
        }
        if sent < head.count { output.append(UnsafeRawBufferPointer(rebasing: head[sent...])) }
        let sentOfBody = max(0, sent - head.count)
        output.append(UnsafeRawBufferPointer(rebasing: body[sentOfBody...]))
    }

    private func flush() {
        while !output.isEmpty {
            let waiting = output.bytes
            guard let base = waiting.baseAddress else { break }
            let sent = weir_send(descriptor, base, waiting.count)
            if sent < 0 {
                if errno != EAGAIN, errno != EINTR { failLater() }
                return
            }
            output.consume(sent)
        }
    }

    /// A write failed. The endpoint may have answered before it closed (413 and the like), so its bytes are read first.
    private func failLater() {
        // EPIPE comes after a FIN: what was sent before that is complete.
        if errno != EPIPE { hasFailed = true }
        output.release()
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
            let received = weir_recv(descriptor, worker.receive.area + saved, room)
            if received > 0 {
                input.release()
                hasReceived = true
                if received < room, !peerClosed { isReadable = false }
                process(saved + received, request: request)
            } else if received < 0, errno == EAGAIN || errno == EINTR {
                isReadable = errno == EINTR
            } else {
                isReadable = false
                return endOfStream(isOrderly: received == 0 && !hasFailed, request: request)
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
        guard requestIsComplete, isPersistent, !hasFailed, output.isEmpty, input.isEmpty, !peerClosed, phase == .active,
            !endpoint.isRetired, !worker.isDraining
        else { return close() }
        // Bytes that nobody asked for would be taken for the answer to the next request.
        guard !isReadable || weir_is_quiet(descriptor) == 1 else { return close() }
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
        output.release()
        worker.counters.upstreamActive -= 1
        worker.loop.close(self)
    }
}
