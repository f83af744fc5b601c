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
    private enum RequestFraming {
        case length
        case chunked
        /// The protocol was switched: bytes until the stream ends.
        case tunnel
    }

    private(set) var connection: HTTP2ServerConnection?
    private(set) var slot = -1
    private var requestFraming = RequestFraming.chunked
    /// Body bytes that the exchange has not taken.
    private var input = ByteQueue()
    /// The client has said all.
    private var inputEnds = false
    /// The text of trailers that end the body.
    private var inputTrailers = ByteQueue()
    /// The body is being handed over further up the stack.
    private var isDelivering = false
    /// Body bytes that wait for the windows.
    private var output = ByteQueue()
    /// Nothing follows `output` but `outputTrailers`.
    private var outputEnds = false
    private var outputTrailers = ByteQueue()
    /// The response is complete as far as the exchange is concerned.
    private var isAnswered = false
    /// The exchange waits for `downstreamDrained`.
    private(set) var needsDrain = false
    /// When the client last sent something of the body, or took something of the response.
    private var progressAt: UInt64 = 0
    private var hasSent = false
    /// The request is an extended CONNECT for WebSocket (RFC 8441), shown to the exchange as an upgrade.
    private var asksForTunnel = false
    /// What comes of the response is not the answer that the client was given.
    private var discardsResponse = false

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

    // MARK: Request body

    /// Takes the payload of a DATA frame, which stands in the receive area behind a frame header.
    func take(_ bytes: UnsafeMutableRawBufferPointer, ends: Bool) {
        progressAt = worker.loop.now
        if ends { inputEnds = true }
        guard let exchange else {
            // Answered already: nobody wants it.
            connection?.credit(slot, bytes.count)
            return
        }
        // Nobody has agreed to a tunnel as long as its request counts as answered by its head.
        let waits = asksForTunnel && requestFraming != .tunnel
        guard input.isEmpty, !waits, !exchange.isUpstreamBlocked else {
            return input.append(UnsafeRawBufferPointer(bytes))
        }
        connection?.credit(slot, bytes.count)
        // The framing of a chunk goes around it. In front is the frame's header, behind it the next frame.
        let behind = bytes.baseAddress.map { $0 + bytes.count }
        let saved = behind?.loadUnaligned(as: UInt64.self)
        deliver(bytes, isLast: ends)
        if let behind, let saved { behind.storeBytes(of: saved, as: UInt64.self) }
    }

    /// Takes trailer fields: lines, with room for more in front of them.
    func takeTrailers(_ text: UnsafeMutableRawBufferPointer) {
        progressAt = worker.loop.now
        inputEnds = true
        guard exchange != nil else { return }
        inputTrailers.append("0\r\n")
        inputTrailers.append(UnsafeRawBufferPointer(text))
        processInput()
    }

    /// Body bytes that came in one go with the head leave together with it.
    override func processBody(at offset: Int, count: Int) {
        connection?.takeWaitingData(of: slot)
    }

    override func processInput() {
        guard !isDelivering else { return }
        while phase == .body, let exchange, !exchange.isUpstreamBlocked {
            let count = min(input.count, 16 * 1024)
            guard count > 0 || inputEnds else { return }
            let isLast = inputEnds && count == input.count
            // Room for the framing of a chunk on both sides.
            withUnsafeTemporaryAllocation(byteCount: count + 64, alignment: 16) { buffer in
                let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[32..<(32 + count)])
                piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(input.bytes)[..<count]))
                input.consume(count)
                connection?.credit(slot, count)
                deliver(piece, isLast: isLast)
            }
        }
    }

    private func deliver(_ bytes: UnsafeMutableRawBufferPointer, isLast: Bool) {
        guard let exchange else { return }
        isDelivering = true
        defer { isDelivering = false }
        if isLast { phase = .responding }
        switch requestFraming {
        case .tunnel:
            if !bytes.isEmpty { exchange.sendTunnel(UnsafeRawBufferPointer(bytes)) }
            if isLast { exchange.tunnelInputEnded() }
        case .length: exchange.sendRequestBody(UnsafeRawBufferPointer(bytes))
        case .chunked:
            guard isLast, !inputTrailers.isEmpty else {
                return exchange.sendRequestChunk(bytes, isLast: isLast, trailerBase: nil, trailerCount: 0)
            }
            var trailers = ByteQueue()
            swap(&trailers, &inputTrailers)
            // The same rules about trailer fields as for HTTP/1.1.
            var decoder = ChunkedDecoder()
            let text = trailers.bytes
            let result = decoder.decode(text, trailers: worker.trailers, limits: worker.settings.headLimits)
            exchange.sendRequestChunk(
                bytes, isLast: true, trailerBase: text.baseAddress,
                trailerCount: result.state == .complete ? result.trailerCount : 0)
        }
    }

    // MARK: Response

    /// Sends a whole response, or an interim one, given as text.
    override func send(_ bytes: UnsafeRawBufferPointer, closesBehind: Bool) {
        guard let connection, let base = bytes.baseAddress, bytes.count > 12 else { return }
        let isInterim = base.load(fromByteOffset: 9, as: UInt8.self) == UInt8(ascii: "1")
        let headEnd = isInterim ? bytes.count : Self.endOfHead(bytes)
        let head = UnsafeRawBufferPointer(rebasing: bytes[..<headEnd])
        if isInterim {
            connection.http2.sendResponseHead(slot, head, endsStream: false)
            return connection.outputWritten()
        }
        sendFrames(
            head: head, data: UnsafeRawBufferPointer(rebasing: bytes[headEnd...]), isLast: true, trailerBase: nil,
            trailerCount: 0)
    }

    private static func endOfHead(_ text: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        while offset + 3 < text.count {
            if text[offset] == 0x0D, text[offset + 2] == 0x0D, text[offset + 3] == 0x0A { return offset + 4 }
            offset += 1
        }
        return text.count
    }

    override func sendFrames(
        head: UnsafeRawBufferPointer, data: UnsafeRawBufferPointer, isLast: Bool, trailerBase: UnsafeMutableRawPointer?,
        trailerCount: Int
    ) {
        guard let connection, !discardsResponse else { return }
        if asksForTunnel, requestFraming != .tunnel, !head.isEmpty, Self.isSuccess(head) {
            return refuseTunnel(connection)
        }
        hasSent = true
        if isLast, let trailerBase { keepTrailers(trailerBase, trailerCount) }
        let endsBehindData = isLast && outputTrailers.isEmpty
        var ended = false
        if !head.isEmpty {
            ended = endsBehindData && data.isEmpty
            connection.http2.sendResponseHead(slot, head, endsStream: ended)
        }
        if isLast { outputEnds = !ended }
        var sent = 0
        if output.isEmpty, !connection.isBlocked, !data.isEmpty || endsBehindData && !ended {
            sent =
                connection.prefersDirectly(data.count)
                ? connection.sendDirectly(slot, data, endsStream: endsBehindData)
                : connection.http2.sendData(slot, data, endsStream: endsBehindData)
            if endsBehindData, sent == data.count { outputEnds = false }
        }
        if sent < data.count {
            if output.isEmpty { progressAt = worker.loop.now }
            output.append(UnsafeRawBufferPointer(rebasing: data[sent...]))
            connection.noteDeadline(progressAt + worker.settings.idleTimeout)
        } else if isLast, output.isEmpty, !outputTrailers.isEmpty {
            sendTrailers(connection)
        }
        connection.outputWritten()
    }

    /// Whether a head says 2xx.
    private static func isSuccess(_ head: UnsafeRawBufferPointer) -> Bool {
        head.count > 9 && head[9] == UInt8(ascii: "2")
    }

    /// The backend answered the request as if it had not asked for another protocol. To this client its 200 would mean the
    /// opposite.
    private func refuseTunnel(_ connection: HTTP2ServerConnection) {
        discardsResponse = true
        let text: StaticString = "HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\n\r\n"
        connection.http2.sendResponseHead(
            slot, UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), endsStream: true)
        connection.outputWritten()
    }

    override func beginTunnel() {
        requestFraming = .tunnel
        phase = .body
        expectBody()
        // What has come already leaves when the backend's connection is through with its event.
        connection?.resumeLater()
    }

    private func keepTrailers(_ base: UnsafeMutableRawPointer, _ count: Int) {
        for line in worker.trailers.prefix(count) where !line.isHopByHop {
            outputTrailers.append(
                UnsafeRawBufferPointer(start: base + Int(line.nameOffset), count: Int(line.nameLength)))
            outputTrailers.append(": ")
            outputTrailers.append(
                UnsafeRawBufferPointer(start: base + Int(line.valueOffset), count: Int(line.valueLength)))
            outputTrailers.append("\r\n")
        }
        if !outputTrailers.isEmpty { outputTrailers.append("\r\n") }
    }

    private func sendTrailers(_ connection: HTTP2ServerConnection) {
        connection.http2.sendTrailers(slot, UnsafeRawBufferPointer(outputTrailers.bytes))
        outputTrailers.release()
        outputEnds = false
    }

    var waitsForWindow: Bool { !output.isEmpty || outputEnds }

    /// Sends at most `limit` bytes of what waits. Afterwards the stream may be over.
    /// - Returns: whether anything was sent.
    func pump(limit: Int) -> Bool {
        guard let connection, waitsForWindow, !connection.isBlocked else { return false }
        let count = min(limit, output.count)
        let isLast = count == output.count && outputEnds && outputTrailers.isEmpty
        var sent = 0
        if count > 0 || isLast {
            let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output.bytes)[..<count])
            let capacity = connection.http2.sendCapacity(slot)
            guard capacity > 0 || count == 0 else { return false }
            sent = connection.http2.sendData(slot, bytes, endsStream: isLast)
            if sent > 0 { output.consume(sent) }
            if isLast, sent == count { outputEnds = false }
        }
        progressAt = worker.loop.now
        hasSent = true
        if output.isEmpty {
            if outputEnds, !outputTrailers.isEmpty { sendTrailers(connection) }
            if isAnswered, !waitsForWindow {
                finish(.noError)
            } else if exchange != nil {
                connection.hasDrainedStreams = true
            }
        }
        return true
    }

    /// The client takes more, or a tunnel has begun: the backend may be read again, and the client too.
    func drained() {
        if requestFraming == .tunnel { processInput() }
        guard needsDrain, output.isEmpty, let exchange, connection?.isBlocked == false else { return }
        needsDrain = false
        exchange.downstreamDrained()
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

    private func finish(_ code: ErrorCode) {
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

    // MARK: Waiting

    /// Does what is due, and says when to come back.
    func checkDeadlines(_ now: UInt64) -> UInt64 {
        let isTunnel = requestFraming == .tunnel
        let idle = isTunnel ? worker.settings.tunnelIdleTimeout : worker.settings.idleTimeout
        if phase == .body, now >= progressAt + idle {
            if exchange?.isUpstreamBlocked == true || hasSent {
                // It is not the client that makes everybody wait, or it is busy with a response that began early.
                progressAt = now
                hasSent = false
            } else if isTunnel {
                exchange?.tunnelIsIdle()
                return .max
            } else {
                worker.counters.requestsRefused += 1
                exchange?.clientFailed(status: 408, reason: "request body not complete in time")
                return .max
            }
        }
        if waitsForWindow, now >= progressAt + worker.settings.idleTimeout, connection?.isBlocked == false {
            worker.counters.streamsStalled += 1
            abandon(.cancel)
            return .max
        }
        if let exchange, now >= exchange.nextDeadline { exchange.deadlineReached() }
        guard connection != nil else { return .max }
        var next = exchange?.nextDeadline ?? .max
        if phase == .body { next = min(next, max(progressAt + idle, now + 1)) }
        if waitsForWindow { next = min(next, max(progressAt + worker.settings.idleTimeout, now + 1)) }
        return next
    }
}
