import CLinux
import Glibc
import HTTP1
import HTTP2
import Routing
import TLS
import Telemetry

/// A client's HTTP/2 connection: owns the socket and the streams. What HTTP/2 is about is `ConnectionState`'s.
///
/// Everything that is written during one turn of the loop leaves in one send at its end.
final class HTTP2ServerConnection: EventHandler {
    enum Phase: UInt8 {
        case open
        /// What is written is flushed, then the connection closes.
        case closing
        /// Sends nothing more: reads and discards for a while, so that the last frames are not overtaken by a reset.
        case lingering
        case closed
    }

    /// Output that is sent without waiting for the end of the turn.
    private static let sendAtOnce = 128 * 1024

    let worker: Worker
    let listener: ListenerSocket
    let clientText: ClientText
    private let tls: TLSSession?
    private let listenerKey: Int
    var http2: ConnectionState
    private var phase = Phase.open
    private var isReadable = false
    private var peerClosed = false
    private var isProcessing = false
    /// The beginning of a frame.
    private var input = ByteQueue()
    /// Bytes in the receive area while they are worked off, and how far that has come.
    private var received = 0
    private var consumed = 0
    /// Encrypted bytes that wait for the socket.
    private var encrypted = ByteQueue()
    /// The socket takes no more for now.
    private(set) var isBlocked = false
    private var isFlushPlanned = false
    /// By slot.
    private var streams: ContiguousArray<ServerStream?> = []
    /// Some streams wait for a turn in which their backends may be read again.
    var hasDrainedStreams = false
    /// Which stream is the first to use new windows.
    private var pumpStart = 0
    private var deadline: UInt64 = .max
    /// When the last stream ended or, before, when the connection began.
    private var restingSince: UInt64
    /// When the current header block began to arrive; 0 outside of one.
    private var headerSince: UInt64 = 0
    private var unacknowledged: Int32 = -1
    private var drainUntil: UInt64 = .max
    private var discarded = 0
    private var refusedBefore: UInt64 = 0
    private var malformedBefore: UInt64 = 0

    init(
        worker: Worker, listener: ListenerSocket, descriptor: Int32, client: ClientText, tls: TLSSession?,
        listenerKey: Int
    ) {
        self.worker = worker
        self.listener = listener
        clientText = client
        self.tls = tls
        self.listenerKey = listenerKey
        http2 = ConnectionState(role: .server, settings: worker.http2Settings, now: worker.loop.now)
        restingSince = worker.loop.now
        super.init(descriptor: descriptor)
        worker.counters.http2Connections += 1
    }

    var isSecure: Bool { tls != nil }

    func isMisdirected(_ outcome: MatchOutcome, _ table: LoopTable) -> Bool {
        tls != nil && listener.differs(from: listenerKey, outcome, table)
    }

    /// Takes over a socket from which `count` bytes, the connection preface and perhaps more, have been received.
    func begin(_ count: Int, isReadable: Bool, peerClosed: Bool) {
        self.isReadable = isReadable
        self.peerClosed = peerClosed
        http2.start()
        noteDeadline(worker.loop.now + worker.settings.headerTimeout)
        if worker.isDraining { beginDrain() }
        isProcessing = true
        process(count)
        isProcessing = false
        afterProcessing()
        if self.isReadable { processInput() }
    }

    // MARK: Events

    override func ready(_ events: UInt32) {
        if events & WEIR_EVENT_BROKEN != 0 { return abort() }
        if events & WEIR_EVENT_OUT != 0, isBlocked {
            flush()
            guard phase != .closed else { return }
        }
        if events & WEIR_EVENT_PEER_CLOSED != 0 {
            peerClosed = true
            isReadable = true
        }
        if events & WEIR_EVENT_IN != 0 { isReadable = true }
        if isReadable { processInput() }
    }

    override func turnEnds() {
        isFlushPlanned = false
        guard phase != .closed, !isBlocked else { return }
        flush()
    }

    // MARK: Input

    private func processInput() {
        guard !isProcessing else { return }
        isProcessing = true
        var turns = 0
        // A client that does not take its answers is not listened to.
        while isReadable, !isBlocked, phase == .open {
            guard let count = receiveMore() else { break }
            process(count)
            turns += 1
            if turns == 16, isReadable {
                worker.loop.continueLater(self)
                break
            }
        }
        if phase == .lingering { discard() }
        isProcessing = false
        afterProcessing()
    }

    /// What was put off while frames stood in the receive area.
    private func afterProcessing() {
        guard phase == .open else { return }
        while hasDrainedStreams {
            hasDrainedStreams = false
            for slot in streams.indices { streams[slot]?.drained() }
        }
        if http2.hasNamedLastStream, http2.streamCount == 0 { closeAfterFlush() }
    }

    /// Brings saved bytes and what the kernel has into the receive area and returns how many there are; nil when there is
    /// nothing new. The end of the connection is dealt with here.
    private func receiveMore() -> Int? {
        let saved = input.count
        if let base = input.bytes.baseAddress, saved > 0 {
            worker.receive.area.copyMemory(from: base, byteCount: saved)
        }
        let received = receive(at: saved)
        if received > 0 {
            input.release()
            return saved + received
        }
        if received < 0, errno == EAGAIN || errno == EINTR {
            isReadable = errno == EINTR
            return nil
        }
        isReadable = false
        abort()
        return nil
    }

    /// As `recv`.
    private func receive(at offset: Int) -> Int {
        let room = worker.receive.areaCount - offset
        let target = worker.receive.area + offset
        guard let tls else {
            let received = weir_recv(descriptor, target, room)
            if received > 0, received < room, !peerClosed { isReadable = false }
            return received
        }
        guard !tls.hasEnded else { return 0 }
        let limit = min(worker.transit.received.count, room - TLSTransit.largestRecord)
        while true {
            let received = weir_recv(descriptor, worker.transit.received.baseAddress, limit)
            guard received > 0 else { return received }
            let isShort = received < limit && !peerClosed
            let plain = tls.receive(received, into: target, room: room, transit: worker.transit) {
                sendEncrypted($0)
            }
            guard plain.end != .failed else { return 0 }
            if isShort, !tls.hasEnded { isReadable = false }
            if plain.count > 0 { return plain.count }
            if tls.hasEnded { return 0 }
            guard isReadable else {
                errno = EAGAIN
                return -1
            }
        }
    }

    /// Works off the `count` bytes in the receive area.
    private func process(_ count: Int) {
        received = count
        consumed = 0
        while phase == .open {
            let event = nextEvent()
            if case .needMore = event { break }
            take(event)
        }
        countRefusals()
        guard phase == .open else { return }
        noteHeaderBlock()
        if consumed < count {
            input.append(UnsafeRawBufferPointer(start: worker.receive.area + consumed, count: count - consumed))
        }
        if !http2.output.isEmpty { outputWritten() }
    }

    private func nextEvent() -> ConnectionEvent {
        http2.receive(
            UnsafeMutableRawBufferPointer(start: worker.receive.area, count: received), consumed: &consumed,
            head: worker.http2Head, now: worker.loop.now)
    }

    /// Whether the next frame has arrived and is DATA of this stream and nothing but data.
    private func hasData(of slot: Int) -> Bool {
        FrameHeader.isPlainData(
            UnsafeRawBufferPointer(start: worker.receive.area + consumed, count: received - consumed),
            of: http2.streamID(slot))
    }

    /// Takes the DATA frame that follows a head.
    func takeWaitingData(of slot: Int) {
        guard isProcessing, hasData(of: slot) else { return }
        take(nextEvent())
    }

    private func countRefusals() {
        guard http2.refusedStreams != refusedBefore || http2.malformedStreams != malformedBefore else { return }
        worker.counters.streamsRefused += http2.refusedStreams - refusedBefore
        worker.counters.requestsRefused += http2.malformedStreams - malformedBefore
        refusedBefore = http2.refusedStreams
        malformedBefore = http2.malformedStreams
    }

    private func take(_ event: ConnectionEvent) {
        switch event {
        case .needMore: break
        case .head(let slot, let text, let ends): open(slot, endsStream: ends, text: text)
        case .headTooLarge(let slot, let ends):
            worker.counters.requestsRefused += 1
            open(slot, endsStream: ends, connect: .none)?.refuse(status: 431, reason: "request head too large")
        case .data(let slot, let offset, let count, let ends):
            takeData(slot, offset: offset, count: count, ends: ends)
        case .trailers(let slot, let text):
            stream(slot)?.takeTrailers(
                UnsafeMutableRawBufferPointer(start: worker.http2Head + text.offset, count: text.count))
        case .reset(let slot, _):
            worker.counters.streamsReset += 1
            stream(slot)?.abandon(.cancel)
        case .streamFailed(let slot, _):
            worker.counters.requestsRefused += 1
            stream(slot)?.abandon(.protocolError)
        case .streamWindowOpened(let slot): while stream(slot)?.pump(limit: .max) == true {}
        case .windowOpened: pump()
        case .goingAway, .interim: break
        case .connectionFailed: failed()
        }
    }

    /// Takes the payload of a DATA frame together with those of the frames of the same stream that follow it directly:
    /// moving them together costs less than sending them on one by one.
    private func takeData(_ slot: Int, offset: Int, count: Int, ends: Bool) {
        guard let stream = stream(slot) else { return http2.credit(slot, count) }
        var count = count
        var ends = ends
        var next = ConnectionEvent.needMore
        let area = worker.receive.area
        while !ends, hasData(of: slot) {
            next = nextEvent()
            guard case .data(_, let position, let more, let isLast) = next else { break }
            memmove(area + offset + count, area + position, more)
            count += more
            ends = isLast
            next = .needMore
        }
        stream.take(UnsafeMutableRawBufferPointer(start: area + offset, count: count), ends: ends)
        if case .needMore = next { return }
        take(next)
    }

    /// Streams have something to do that must wait until whoever is at work now is through.
    func resumeLater() {
        hasDrainedStreams = true
        outputWritten()
    }

    private func stream(_ slot: Int) -> ServerStream? {
        slot < streams.count ? streams[slot] : nil
    }

    // MARK: Streams

    @discardableResult
    private func open(_ slot: Int, endsStream: Bool, connect: ConnectProtocol) -> ServerStream? {
        while streams.count <= slot { streams.append(nil) }
        let stream = worker.takeStream()
        streams[slot] = stream
        worker.counters.http2Streams += 1
        stream.open(self, slot: slot, endsStream: endsStream, asksForTunnel: connect == .webSocket)
        if listener.portIndex < 0 { beginDrain() }
        return stream
    }

    private func open(_ slot: Int, endsStream: Bool, text: HeadText) {
        guard let stream = open(slot, endsStream: endsStream, connect: text.connect) else { return }
        let base = worker.http2Head + text.offset
        var count = text.count
        switch text.connect {
        case .none: break
        case .webSocket: count += writeWebSocketKey(behind: base + count)
        case .other:
            worker.counters.requestsRefused += 1
            return stream.refuse(status: 501, reason: "no other protocol than websocket")
        }
        var scanned = 0
        let parse = parseRequestHead(
            UnsafeRawBufferPointer(start: base, count: count), scannedUpTo: &scanned, fields: worker.fields,
            limits: worker.settings.headLimits)
        switch parse {
        case .complete(let head) where Int(head.headLength) == count:
            stream.start(head, base: base, bodyOffset: 0, count: !endsStream && hasData(of: slot) ? 1 : 0)
        case .invalid(let error):
            worker.counters.requestsRefused += 1
            stream.refuse(status: UInt16(error.status), reason: error.reason)
        case .complete, .incomplete, .http2Preface:
            worker.counters.requestsRefused += 1
            stream.refuse(status: 400, reason: "malformed request head")
        }
    }

    /// Adds the field that a WebSocket handshake has in HTTP/1.1 only (RFC 8441 section 5), over the empty line at `end`.
    /// - Returns: its length.
    private func writeWebSocketKey(behind end: UnsafeMutableRawPointer) -> Int {
        var writer = HeadWriter(UnsafeMutableRawBufferPointer(start: end - 2, count: 64))
        writer.write("sec-websocket-key: ")
        let digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        // Sixteen random bytes in base 64: the last of the 22 digits has two bits.
        var bits = worker.random()
        for index in 0..<22 {
            if index == 11 { bits = worker.random() }
            writer.write(byte: digits.utf8Start[Int(index == 21 ? bits & 0x30 : bits & 0x3F)])
            bits >>= 5
        }
        writer.write("==\r\n\r\n")
        return writer.written.count - 2
    }

    /// A stream is over as far as this side is concerned.
    func streamFinished(_ slot: Int, _ code: ErrorCode) {
        streams[slot] = nil
        http2.release(slot, code)
        if http2.streamCount == 0 {
            restingSince = worker.loop.now
            noteDeadline(restingSince + worker.settings.idleTimeout)
            if http2.hasNamedLastStream { outputWritten() }
        }
        if !http2.output.isEmpty { outputWritten() }
    }

    func credit(_ slot: Int, _ count: Int) {
        http2.credit(slot, count)
        if !http2.output.isEmpty { outputWritten() }
    }

    /// Gives what waits for windows its turn, a frame of every stream after the other.
    private func pump() {
        guard !isBlocked else { return }
        var hasProgress = true
        while hasProgress, !isBlocked, phase == .open {
            hasProgress = false
            let count = streams.count
            for index in 0..<count {
                let slot = (pumpStart + index) % count
                guard slot < streams.count, let stream = streams[slot], stream.waitsForWindow else { continue }
                guard stream.pump(limit: 16 * 1024) else { continue }
                hasProgress = true
                outputWritten()
                if isBlocked {
                    pumpStart = slot + 1
                    break
                }
            }
        }
    }

    // MARK: Output

    /// Frames wait: they leave at the end of this turn, or now if there are many.
    func outputWritten() {
        guard phase != .closed, !isBlocked else { return }
        if http2.output.count >= Self.sendAtOnce { send() }
        guard !isFlushPlanned else { return }
        isFlushPlanned = true
        worker.loop.callAtEndOfTurn(self)
    }

    /// Sends what the socket takes.
    private func send() {
        if tls != nil {
            encryptAndSend()
        } else {
            while !http2.output.isEmpty {
                let waiting = http2.output.bytes
                guard let base = waiting.baseAddress else { break }
                let sent = weir_send(descriptor, base, waiting.count)
                guard sent >= 0 else { return sendFailed() }
                http2.output.consume(sent)
            }
        }
        isBlocked = false
    }

    /// Whether so many body bytes are better sent from where they are than copied behind what waits.
    func prefersDirectly(_ count: Int) -> Bool {
        count >= 8192 && tls == nil && !isBlocked && phase == .open
    }

    /// Sends what waits and body bytes behind it in one call, without copying them: as many as the windows allow.
    /// - Returns: how many of the bytes are gone, or kept if the socket did not take them.
    func sendDirectly(_ slot: Int, _ bytes: UnsafeRawBufferPointer, endsStream: Bool) -> Int {
        let most = Int(WEIR_PIECES)
        var taken = 0
        withUnsafeTemporaryAllocation(of: weir_piece.self, capacity: most) { pieces in
            withUnsafeTemporaryAllocation(byteCount: most * 16, alignment: 16) { headers in
                guard let base = bytes.baseAddress, let header = headers.baseAddress else { return }
                let waiting = http2.output.bytes
                pieces[0] = weir_piece(bytes: waiting.baseAddress, count: waiting.count)
                var count = 1
                while taken < bytes.count, count + 2 <= most {
                    let target = header + count * 8
                    let amount = http2.beginData(
                        slot, count: bytes.count - taken, endsStream: endsStream, header: target)
                    guard amount >= 0 else { break }
                    pieces[count] = weir_piece(bytes: target, count: FrameHeader.byteCount)
                    pieces[count + 1] = weir_piece(bytes: base + taken, count: amount)
                    count += 2
                    taken += amount
                }
                guard taken > 0 else { return }
                sendPieces(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(pieces)[..<count]))
            }
        }
        return taken
    }

    /// Sends pieces, the first of which is what waits already, and keeps what the socket does not take.
    private func sendPieces(_ pieces: UnsafeBufferPointer<weir_piece>) {
        let result = weir_sendv(descriptor, pieces.baseAddress, pieces.count)
        let error = errno
        var sent = max(0, result)
        for index in pieces.indices {
            let gone = min(sent, pieces[index].count)
            sent -= gone
            if index == 0 {
                if gone > 0 { http2.output.consume(gone) }
            } else if gone < pieces[index].count {
                http2.output.append(
                    UnsafeRawBufferPointer(start: pieces[index].bytes + gone, count: pieces[index].count - gone))
            }
        }
        // What is left is sent at the end of the turn, when the socket may say that it takes no more.
        errno = error
        if result < 0 { sendFailed() }
    }

    private func sendFailed() {
        isBlocked = true
        guard errno != EAGAIN, errno != EINTR else {
            unacknowledged = -1
            return noteDeadline(worker.loop.now + worker.settings.idleTimeout)
        }
        // The client does not read any more. Reported through the loop, because a sender further up the stack is not ready
        // to see the connection go.
        http2.output.release()
        encrypted.release()
        isBlocked = false
        peerClosed = true
        isReadable = true
        worker.loop.continueLater(self)
    }

    private func encryptAndSend() {
        guard let tls else { return }
        while true {
            while !encrypted.isEmpty {
                let waiting = encrypted.bytes
                guard let base = waiting.baseAddress else { break }
                let sent = weir_send(descriptor, base, waiting.count)
                guard sent >= 0 else { return sendFailed() }
                encrypted.consume(sent)
            }
            let plain = http2.output.bytes
            guard plain.count > 0 else { return }
            let round = min(plain.count, 64 * 1024)
            tls.write(UnsafeRawBufferPointer(rebasing: plain[..<round]), transit: worker.transit) { sendEncrypted($0) }
            http2.output.consume(round)
        }
    }

    /// Sends records, or keeps them.
    private func sendEncrypted(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        var sent = 0
        if encrypted.isEmpty { sent = max(0, weir_send(descriptor, base, bytes.count)) }
        if sent < bytes.count { encrypted.append(UnsafeRawBufferPointer(rebasing: bytes[sent...])) }
    }

    private func flush() {
        let wasBlocked = isBlocked
        send()
        guard !isBlocked, phase != .closed else { return }
        if phase == .closing { return finishClosing() }
        guard phase == .open else { return }
        if wasBlocked {
            hasDrainedStreams = true
            pump()
        }
        if !isProcessing {
            afterProcessing()
            if wasBlocked, isReadable { processInput() }
        }
    }

    // MARK: Waiting

    /// Something is to be looked at by `time`.
    func noteDeadline(_ time: UInt64) {
        guard time < deadline, phase != .closed else { return }
        deadline = time
        worker.loop.setDeadline(self, at: time)
    }

    private func noteHeaderBlock() {
        if !http2.isInsideHeaderBlock {
            headerSince = 0
        } else if headerSince == 0 {
            headerSince = worker.loop.now
            noteDeadline(headerSince + worker.settings.headerTimeout)
        }
    }

    override func deadlineReached() {
        deadline = .max
        let now = worker.loop.now
        switch phase {
        case .closed: return
        case .lingering: return close()
        case .closing: return isBlocked && takesSomething() ? expect(now + worker.settings.idleTimeout) : close()
        case .open: break
        }
        if isBlocked, !takesSomething() { return abort() }
        if headerSince != 0, now >= headerSince + worker.settings.headerTimeout {
            worker.counters.requestsRefused += 1
            return giveUp(.enhanceYourCalm)
        }
        var next = isBlocked ? now + worker.settings.idleTimeout : .max
        if headerSince != 0 { next = min(next, headerSince + worker.settings.headerTimeout) }
        for slot in streams.indices {
            guard let stream = stream(slot) else { continue }
            next = min(next, stream.checkDeadlines(now))
            guard phase == .open else { return }
        }
        if now >= drainUntil {
            drainUntil = .max
            http2.finishGoingAway()
            outputWritten()
        }
        next = min(next, drainUntil)
        if http2.streamCount == 0 {
            let limit = http2.hasPeerSettings ? worker.settings.idleTimeout : worker.settings.headerTimeout
            if now >= restingSince + limit, !isBlocked { return giveUp(.noError) }
            next = min(next, max(restingSince + limit, now + 1))
        }
        afterProcessing()
        if next != .max { expect(next) }
    }

    private func expect(_ time: UInt64) {
        deadline = min(deadline, time)
        worker.loop.setDeadline(self, at: deadline)
    }

    /// Slow is not idle: whether the client has taken something of what the kernel holds since this was last asked.
    private func takesSomething() -> Bool {
        let waiting = weir_unacknowledged(descriptor)
        defer { unacknowledged = waiting }
        return waiting != unacknowledged
    }

    // MARK: The end

    /// Lets streams finish, takes no more after those that are on their way.
    func beginDrain() {
        guard phase == .open, !http2.isGoingAway else { return }
        http2.beginGoingAway()
        drainUntil = worker.loop.now + 1_000_000_000
        noteDeadline(drainUntil)
        outputWritten()
    }

    /// The client broke the rules, or made too much work. GOAWAY has been written.
    private func failed() {
        switch http2.verdict {
        case .controlFlood: worker.counters.controlFloods += 1
        case .resetFlood: worker.counters.resetFloods += 1
        case .fine: worker.counters.http2Errors += 1
        }
        abandonStreams()
        closeAfterFlush()
    }

    private func giveUp(_ code: ErrorCode) {
        http2.close(code)
        abandonStreams()
        closeAfterFlush()
    }

    private func abandonStreams() {
        for slot in streams.indices { stream(slot)?.abandon(.cancel) }
    }

    private func closeAfterFlush() {
        guard phase == .open else { return }
        phase = .closing
        noteDeadline(worker.loop.now + worker.settings.idleTimeout)
        if !isBlocked, !isFlushPlanned {
            isFlushPlanned = true
            worker.loop.callAtEndOfTurn(self)
        }
    }

    private func finishClosing() {
        if let tls { tls.close(transit: worker.transit) { sendEncrypted($0) } }
        shutdown(descriptor, Int32(SHUT_WR))
        guard !peerClosed else { return close() }
        phase = .lingering
        input.release()
        deadline = .max
        noteDeadline(worker.loop.now + worker.settings.lingerTimeout)
        isReadable = true
        processInput()
    }

    private func discard() {
        while isReadable, phase == .lingering {
            let received = weir_recv(descriptor, worker.receive.area, worker.receive.areaCount)
            if received < 0, errno == EAGAIN || errno == EINTR {
                isReadable = errno == EINTR
                continue
            }
            discarded += max(0, received)
            if received <= 0 || discarded > worker.settings.lingerBytes { close() }
        }
    }

    override func terminate() {
        abort()
    }

    /// Ends the connection and all requests on it.
    func abort() {
        guard phase != .closed else { return }
        close()
        for slot in streams.indices { stream(slot)?.abandon(.cancel) }
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        input.release()
        encrypted.release()
        http2.output.release()
        worker.counters.http2Connections -= 1
        worker.loop.close(self)
        worker.connectionClosed()
    }
}
