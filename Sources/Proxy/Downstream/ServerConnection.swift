import CLinux
import Glibc
import HTTP1
import HTTPSemantics
import Routing
import TLS
import Telemetry

/// A client's HTTP/1.1 connection.
///
/// Requests are taken one after the other: pipelined ones wait, in the kernel's buffer or in `input`, until the response
/// before them is complete. While a connection rests it owns no buffer and no exchange.
final class ServerConnection: Downstream {
    /// What of the request body is still to come.
    enum RequestBody {
        case complete
        case length(UInt64)
        case chunked(ChunkedDecoder)
        /// The protocol was switched: bytes until the connection ends.
        case tunnel
    }

    private let socket: ListenerSocket
    /// The kernel may have more to read: an edge was reported and no short read since.
    var isReadable = false
    /// The client has closed its side.
    var peerClosed = false
    /// The FIN came before the end of the response: the client may still be waiting for it. When to look whether it takes
    /// anything; 0 otherwise.
    var halfCloseCheck: UInt64 = 0
    /// When the client last sent something of the body that is awaited.
    var bodyProgressAt: UInt64 = 0
    /// Something was sent since this was last looked at.
    var hasSent = false
    /// What the client had not acknowledged when a deadline came up during flushing.
    private var unacknowledged: Int32 = -1
    /// The input is being worked off further up the stack: nested calls leave it alone.
    private var isProcessing = false
    /// `input` holds the beginning of a head and is of no use without more bytes.
    private var inputIsPartial = false
    var requestBody: RequestBody = .complete
    /// Where the head parser goes on looking.
    private var scanned = 0
    /// The request was answered before it was complete.
    private var requestIsUnread = false
    /// Bytes discarded while lingering.
    private var discarded = 0
    var input = ByteQueue()
    /// As it goes to the socket: encrypted with TLS.
    var output = ByteQueue()
    /// nil in plain text.
    var tls: TLSSession?
    /// Stands for the listener that the client's server name led to; see `ServedPort.listenerKeys`.
    var listenerKey = 0
    /// The keys of the listeners that the handshake chooses from; empty afterwards.
    var listenerKeys: [Int] = []
    private let clientText: ClientText

    init(worker: Worker, listener: ListenerSocket, descriptor: Int32, client: SocketAddress) {
        socket = listener
        clientText = ClientText(client)
        super.init(worker: worker, descriptor: descriptor)
    }

    override var listener: ListenerSocket { socket }
    override var isSecure: Bool { tls != nil }

    override func writeClient(to writer: inout HeadWriter) {
        clientText.write(to: &writer)
    }

    override func isMisdirected(_ outcome: MatchOutcome, _ table: LoopTable) -> Bool {
        tls != nil && socket.differs(from: listenerKey, outcome, table)
    }

    override func receiveBody(of head: RequestHead) { beginBody(of: head) }
    override func expectBody() { awaitBody() }
    override func processBody(at offset: Int, count: Int) { takeBody(at: offset, count: count) }
    override func skipBody(offset: Int, count: Int) { dropBody(offset: offset, count: count) }
    override func keepBody(offset: Int, count: Int) { saveBody(offset: offset, count: count) }
    override func refuse(status: UInt16, reason: StaticString) { refuseAndClose(status: status, reason: reason) }
    override func updateDeadline() { setNextDeadline() }

    func opened() {
        worker.loop.setDeadline(self, at: worker.loop.now + worker.settings.headerTimeout)
    }

    // MARK: Events

    override func ready(_ events: UInt32) {
        if events & WEIR_EVENT_BROKEN != 0 {
            return abort()
        }
        if events & WEIR_EVENT_OUT != 0, !output.isEmpty {
            flush()
            if phase == .closed { return }
        }
        if events & WEIR_EVENT_PEER_CLOSED != 0 {
            peerClosed = true
            isReadable = true
        }
        if events & WEIR_EVENT_IN != 0 { isReadable = true }
        if isReadable { processInput() }
    }

    override func deadlineReached() {
        switch phase {
        case .head:
            worker.counters.requestsRefused += 1
            refuse(status: 408, reason: "request head not complete in time")
        case .idle where !output.isEmpty, .flushing:
            // Slow is not idle: the connection lives while the client takes something.
            let waiting = weir_unacknowledged(descriptor)
            guard waiting != unacknowledged else { return close() }
            unacknowledged = waiting
            expectProgress()
        case .idle, .lingering: close()
        case .body, .responding: waitIsOver()
        case .closed: break
        }
    }

    // MARK: Input

    /// Works off what has arrived until more is needed, the response is awaited, or the connection is closed.
    override func processInput() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        var turns = 0
        while true {
            switch phase {
            case .idle, .head:
                // A client that does not take its answers gets no further ones.
                guard output.isEmpty, let count = receiveMore() else { return }
                processHead(count)
            case .body:
                guard let exchange, !exchange.isUpstreamBlocked else { return }
                guard let count = receiveMore() else { return }
                bodyProgressAt = worker.loop.now
                processBody(at: 0, count: count)
            case .responding:
                if peerClosed { clientClosedWhileResponding() }
                return
            case .lingering:
                guard let count = receiveMore() else { return }
                discarded += count
                if discarded > worker.settings.lingerBytes { return close() }
            case .flushing, .closed: return
            }
            turns += 1
            if turns == 16, isReadable {
                worker.loop.continueLater(self)
                return
            }
        }
    }

    /// Brings saved bytes and what the kernel has into the receive area and returns how many there are; nil when there
    /// is nothing new. The end of the connection is dealt with here.
    private func receiveMore() -> Int? {
        let saved = input.count
        if saved > 0 {
            if inputIsPartial && !isReadable { return nil }
            if let base = input.bytes.baseAddress { worker.receive.area.copyMemory(from: base, byteCount: saved) }
            input.release()
            if !inputIsPartial { return saved }
            inputIsPartial = false
        } else if !isReadable {
            return nil
        }
        let received: Int
        if let tls {
            received = receiveSecure(tls, at: saved)
            if received > 0 { return saved + received }
        } else {
            let room = worker.receive.areaCount - saved
            received = weir_recv(descriptor, worker.receive.area + saved, room)
            if received > 0 {
                // A short read means that the kernel's buffer is empty; the end of the stream is read separately.
                if received < room, !peerClosed { isReadable = false }
                return saved + received
            }
        }
        isReadable = false
        if received < 0, errno == EAGAIN || errno == EINTR {
            if errno == EINTR { isReadable = true }
            save(UnsafeRawBufferPointer(start: worker.receive.area, count: saved), partial: true)
            return nil
        }
        if case .tunnel = requestBody, phase == .body, received == 0 {
            phase = .responding
            peerClosed = true
            exchange?.tunnelInputEnded()
            return nil
        }
        // The client is gone or sends nothing more: nobody waits for an answer to half a request.
        if phase == .head || phase == .body { worker.counters.requestsAborted += 1 }
        abort()
        return nil
    }

    /// Keeps bytes for later.
    func save(_ bytes: UnsafeRawBufferPointer, partial: Bool) {
        guard bytes.count > 0 else { return }
        input.append(bytes)
        inputIsPartial = partial
    }

    private func processHead(_ count: Int) {
        let area = UnsafeRawBufferPointer(start: worker.receive.area, count: count)
        switch parseRequestHead(area, scannedUpTo: &scanned, fields: worker.fields, limits: worker.settings.headLimits)
        {
        case .complete(let head):
            scanned = 0
            worker.loop.clearDeadline(self)
            start(head, base: worker.receive.area, bodyOffset: Int(head.headLength), count: count)
        case .incomplete:
            if phase == .idle {
                phase = .head
                worker.loop.setDeadline(self, at: worker.loop.now + worker.settings.headerTimeout)
            }
            if count >= worker.receive.areaCount {
                worker.counters.requestsRefused += 1
                return refuse(status: 431, reason: "request head too large")
            }
            save(area, partial: true)
        case .http2Preface: switchToHTTP2(count)
        case .invalid(let error):
            worker.counters.requestsRefused += 1
            refuse(status: UInt16(error.status), reason: error.reason)
        }
    }

    /// The client speaks HTTP/2, with prior knowledge or after ALPN: another handler takes the connection over. The
    /// preface and what came behind it stand in the receive area.
    private func switchToHTTP2(_ count: Int) {
        let successor = HTTP2ServerConnection(
            worker: worker, listener: listener, descriptor: descriptor, client: clientText, tls: tls,
            listenerKey: listenerKey)
        phase = .closed
        worker.loop.handOver(self, to: successor)
        successor.begin(count, isReadable: isReadable, peerClosed: peerClosed)
    }

    // MARK: Output

    /// True while the client does not take what has been sent: the backend is not read meanwhile.
    override var isBlocked: Bool { !output.isEmpty }

    /// Sends now what the kernel takes and keeps the rest.
    ///
    /// - Parameter closesBehind: the connection is closed directly afterwards: the kernel waits for that, and the last
    ///   bytes leave in one packet with the FIN.
    override func send(_ bytes: UnsafeRawBufferPointer, closesBehind: Bool) {
        if let tls {
            sendSecure(tls, bytes, closesBehind: closesBehind)
        } else {
            sendRaw(bytes, closesBehind: closesBehind)
        }
    }

    /// Sends what is as it goes to the socket.
    func sendRaw(_ bytes: UnsafeRawBufferPointer, closesBehind: Bool = false) {
        guard let base = bytes.baseAddress, bytes.count > 0, phase != .closed else { return }
        hasSent = true
        var sent = 0
        if output.isEmpty {
            sent =
                closesBehind
                ? weir_send_before_close(descriptor, base, bytes.count) : weir_send(descriptor, base, bytes.count)
            if sent == bytes.count { return }
            if sent < 0 {
                guard errno == EAGAIN || errno == EINTR else { return brokenPipe() }
                sent = 0
            }
        }
        output.append(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
    }

    private func flush() {
        while !output.isEmpty {
            let waiting = output.bytes
            guard let base = waiting.baseAddress else { break }
            let sent = weir_send(descriptor, base, waiting.count)
            if sent < 0 {
                guard errno == EAGAIN || errno == EINTR else { return abort() }
                return
            }
            output.consume(sent)
            hasSent = true
        }
        if phase == .flushing { return finishClosing() }
        if let exchange { return exchange.downstreamDrained() }
        rest()
    }

    /// The client does not read any more. Reported through the loop, because a sender further up the stack is not ready
    /// to see the connection go.
    private func brokenPipe() {
        isReadable = true
        peerClosed = true
        worker.loop.continueLater(self)
    }

    // MARK: Between requests, and the end

    /// The response to the current request is complete and handed to `send`.
    override func responseFinished() {
        exchange = nil
        halfCloseCheck = 0
        if phase == .body { return closeAfterFlush(unread: true) }
        if closeAfterResponse { return closeAfterFlush(unread: false) }
        phase = .idle
        if output.isEmpty { rest() } else { expectProgress() }
    }

    /// The last response has left: waits for the next request, or takes the one that is here already.
    private func rest() {
        if worker.isDraining, input.isEmpty, weir_is_quiet(descriptor) == 1 { return closeAfterFlush(unread: false) }
        expectProgress()
        if peerClosed { isReadable = true }
        if isReadable || !input.isEmpty { processInput() }
    }

    /// Nothing but the client is waited for, to send a request or to take the rest of its answer: not for ever.
    private func expectProgress() {
        worker.loop.setDeadline(self, at: worker.loop.now + worker.settings.idleTimeout)
    }

    private func finishClosing() {
        let unread = requestIsUnread || isReadable || !input.isEmpty
        sendCloseNotify()
        // Lets go of what waits for the FIN. Closing alone would not: when bytes have arrived that nobody read, it resets
        // the connection and drops what is unsent.
        shutdown(descriptor, Int32(SHUT_WR))
        guard unread, !peerClosed else { return close() }
        // Here a reset is certain, and it may overtake the answer.
        phase = .lingering
        input.release()
        worker.loop.setDeadline(self, at: worker.loop.now + worker.settings.lingerTimeout)
        isReadable = true
        processInput()
    }

    /// Closes after what `send` still holds.
    func closeAfterFlush(unread: Bool) {
        closeAfterResponse = true
        requestIsUnread = unread
        if output.isEmpty {
            finishClosing()
        } else {
            phase = .flushing
            expectProgress()
        }
    }

    func closeIfIdle() {
        guard phase == .idle, input.isEmpty, output.isEmpty, weir_is_quiet(descriptor) == 1 else { return }
        sendCloseNotify()
        close()
    }

    /// Ends the connection and the request on it, whatever its state.
    func abort() {
        guard phase != .closed else { return }
        let exchange = exchange
        self.exchange = nil
        close()
        exchange?.clientGone()
    }

    override func beginTunnel() {
        requestBody = .tunnel
        phase = .body
        // Bytes that came with the request are the backend's as well.
        inputIsPartial = false
        expectBody()
        worker.loop.continueLater(self)
    }

    override func terminate() {
        abort()
    }

    /// Cuts the response short so that the client notices: a reset where the framing would not tell.
    override func reset() {
        _ = weir_set_reset_on_close(descriptor)
        abort()
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        input.release()
        output.release()
        worker.loop.close(self)
        worker.connectionClosed()
    }
}
