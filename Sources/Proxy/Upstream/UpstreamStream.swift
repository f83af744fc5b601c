import HTTP1
import HTTP2
import HTTPSemantics

/// One stream of an HTTP/2 connection to an endpoint: carries one request.
///
/// The request comes as HTTP/1.1 text and leaves as frames; see `UpstreamStream+Request`. The response is read whenever the
/// connection is, since a stream must not hold up the others: what the client does not take waits here, at most as much as
/// the stream's flow-control window lets the endpoint send.
final class UpstreamStream: BackendConnection {
    enum Phase: UInt8 {
        /// Waits for the connection to open, or to allow one stream more.
        case waiting
        case open
        /// The request has been let go.
        case over
    }

    /// What of the request's text is still to come.
    enum RequestText {
        case head
        case length(UInt64)
        case chunked(ChunkedDecoder)
        case complete
    }

    let connection: UpstreamHTTP2Connection
    var phase = Phase.waiting
    /// The connection's number for the stream while it is open; -1 otherwise.
    var slot = -1

    // The request
    var text = RequestText.head
    /// HTTP/1.1 text that waits for the stream to be opened.
    var unsent = ByteQueue()
    /// The beginning of a trailer section that is of no use without the rest.
    var partialTrailers = ByteQueue()
    /// Body bytes that wait for flow control or for the connection.
    var body = ByteQueue()
    /// Trailer fields that wait for the body, as lines with an empty one behind them.
    var trailers = ByteQueue()
    /// END_STREAM has been sent, or is part of a frame that has.
    var requestHasEnded = false

    // The response
    /// The final head has been handed on.
    var hasHead = false
    /// Something of the response has arrived.
    var hasReceived = false
    /// Body bytes that wait for the client.
    var received = ByteQueue()
    /// The trailer section that waits for the client, with the last chunk in front; empty for none.
    var receivedTrailers = ByteQueue()
    /// Everything of the response has arrived.
    var responseHasEnded = false

    init(connection: UpstreamHTTP2Connection) {
        self.connection = connection
        super.init(worker: connection.worker, endpoint: connection.endpoint, descriptor: -1)
        isReused = connection.isOpen
        mayBeRefused = true
    }

    override func take(_ request: BackendRequest) {
        super.take(request)
        if request.attemptDeadline != 0 { connection.expect(by: request.attemptDeadline) }
    }

    // MARK: Back-pressure

    override var isBlocked: Bool {
        // What is sent first opens the stream, if the connection allows.
        let waits = phase == .waiting && !(unsent.isEmpty && connection.isOpen && connection.mayOpen)
        return waits || !body.isEmpty || connection.isCongested
    }
    override var waitingByteCount: Int { unsent.count + body.count }

    override func processInput() {
        guard phase == .open, hasHead, let request else { return }
        deliverReceived(request)
        connection.sendLater()
    }

    override func send(_ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) {
        guard phase == .waiting else {
            sendText(head)
            sendText(body)
            return connection.sendLater()
        }
        if unsent.isEmpty, connection.open(self, with: head.isEmpty ? body : head) {
            if !head.isEmpty { sendText(body) }
            return
        }
        unsent.append(head)
        unsent.append(body)
        connection.openLater()
    }

    // MARK: The end

    override func release(requestIsComplete: Bool) {
        leave()
    }

    override func abandon() {
        leave()
    }

    /// Lets go of the request; the stream is reset unless both sides have said all.
    private func leave() {
        guard detach() != nil else { return }
        connection.leave(self)
    }

    /// Forgets what waits.
    func discard() {
        phase = .over
        slot = -1
        unsent.release()
        partialTrailers.release()
        body.release()
        trailers.release()
        received.release()
        receivedTrailers.release()
    }

    /// The endpoint has not looked at the request, and will not.
    func wasNotProcessed() {
        let request = detach()
        connection.leave(self)
        request?.wasNotProcessed()
    }

    /// The stream ended before its time.
    func fail(_ failure: UpstreamFailure) {
        guard let request else { return }
        if !hasHead {
            request.upstreamFailed(failure)
        } else if !responseHasEnded {
            request.responseTruncated()
        }
    }

    /// The connection is gone. Called after it let go of the stream.
    func connectionLost(_ failure: UpstreamFailure) {
        guard let request else { return }
        if responseHasEnded {
            // All of it is here: the client still gets it.
            return
        }
        if !hasReceived, isReused, failure == .disconnected {
            request.pooledConnectionWasStale()
        } else {
            fail(failure)
        }
    }
}
