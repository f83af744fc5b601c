import HTTP1
import HTTP2
import HTTPSemantics
import Routing
import Telemetry

/// A client's request on one stream of its HTTP/2 connection. Reused for another stream when it is over.
///
/// What the backend does not take yet of the body, and what the client does not take yet of the response, waits here: the
/// one bounded by the window that the client is given, the other because the backend is not read meanwhile.
final class ServerStream: Downstream {
    /// How the body is framed for the backend.
    enum RequestFraming {
        case length
        case chunked
        /// The protocol was switched: bytes until the stream ends.
        case tunnel
    }

    var connection: HTTP2ServerConnection?
    var slot = -1
    var requestFraming = RequestFraming.chunked
    /// Body bytes that the exchange has not taken.
    var input = ByteQueue()
    /// The client has said all.
    var inputEnds = false
    /// The text of trailers that end the body.
    var inputTrailers = ByteQueue()
    /// The body is being handed over further up the stack.
    var isDelivering = false
    /// Body bytes that wait for the windows.
    var output = ByteQueue()
    /// Nothing follows `output` but `outputTrailers`.
    var outputEnds = false
    var outputTrailers = ByteQueue()
    /// The response is complete as far as the exchange is concerned.
    var isAnswered = false
    /// The exchange waits for `downstreamDrained`.
    var needsDrain = false
    /// When the client last sent something of the body, or took something of the response.
    var progressAt: UInt64 = 0
    var hasSent = false
    /// The request is an extended CONNECT for WebSocket (RFC 8441), shown to the exchange as an upgrade.
    var asksForTunnel = false
    /// What comes of the response is not the answer that the client was given.
    var discardsResponse = false

    init(worker: Worker) {
        super.init(worker: worker, descriptor: -1)
    }

    func open(_ connection: HTTP2ServerConnection, slot: Int, endsStream: Bool, asksForTunnel: Bool) {
        self.asksForTunnel = asksForTunnel
        self.connection = connection
        self.slot = slot
        inputEnds = endsStream
        phase = .head
        closeAfterResponse = false
        progressAt = worker.loop.now
    }

    // MARK: What the exchange asks for

    override var listener: ListenerSocket { connection?.listener ?? super.listener }
    override var isSecure: Bool { connection?.isSecure ?? false }
    override var takesFrames: Bool { true }
    override var isBlocked: Bool {
        guard !output.isEmpty || connection?.isBlocked ?? true else { return false }
        needsDrain = true
        return true
    }

    override func writeClient(to writer: inout HeadWriter) { connection?.clientText.write(to: &writer) }

    override func isMisdirected(_ outcome: MatchOutcome, _ table: LoopTable) -> Bool {
        connection?.isMisdirected(outcome, table) ?? false
    }

    override func receiveBody(of head: RequestHead) {
        switch head.framing {
        case .contentLength where !inputEnds:
            requestFraming = .length
            phase = .body
        case .chunked:
            requestFraming = .chunked
            phase = .body
        case .none, .contentLength, .untilClose: phase = .responding
        }
    }

    override func expectBody() {
        progressAt = worker.loop.now
        connection?.noteDeadline(progressAt + worker.settings.idleTimeout)
    }

    override func updateDeadline() {
        guard let exchange else { return }
        connection?.noteDeadline(exchange.nextDeadline)
    }
    /// Body bytes that came in one go with the head leave together with it.
    override func processBody(at offset: Int, count: Int) {
        connection?.takeWaitingData(of: slot)
    }

    override func processInput() { deliverInput() }

    override func send(_ bytes: UnsafeRawBufferPointer, closesBehind: Bool) { sendText(bytes) }

    override func sendFrames(
        head: UnsafeRawBufferPointer, data: UnsafeRawBufferPointer, isLast: Bool, trailerBase: UnsafeMutableRawPointer?,
        trailerCount: Int
    ) {
        passFrames(head: head, data: data, isLast: isLast, trailerBase: trailerBase, trailerCount: trailerCount)
    }

    override func beginTunnel() {
        requestFraming = .tunnel
        phase = .body
        expectBody()
        // What has come already leaves when the backend's connection is through with its event.
        connection?.resumeLater()
    }

    // MARK: The end

    override func responseFinished() {
        exchange = nil
        isAnswered = true
        if !waitsForWindow { finish(.noError) }
    }

    override func refuse(status: UInt16, reason: StaticString) {
        var writer = HeadWriter(worker.headBuffer)
        LocalResponse.write(status: status, detail: reason, closes: true, isHead: false, worker: worker, to: &writer)
        send(writer.written, closesBehind: false)
        responseFinished()
    }

    override func reset() {
        finish(.internalError)
    }

    /// Ends the stream and the request on it, whatever its state.
    func abandon(_ code: ErrorCode) {
        let exchange = exchange
        self.exchange = nil
        finish(code)
        exchange?.clientGone()
    }

    func finish(_ code: ErrorCode) {
        guard let connection else { return }
        let slot = slot
        self.connection = nil
        self.slot = -1
        phase = .idle
        asksForTunnel = false
        discardsResponse = false
        requestFraming = .chunked
        input.release()
        inputTrailers.release()
        inputEnds = false
        output.release()
        outputEnds = false
        outputTrailers.release()
        isAnswered = false
        needsDrain = false
        hasSent = false
        connection.streamFinished(slot, code)
        worker.giveBack(self)
    }
}
