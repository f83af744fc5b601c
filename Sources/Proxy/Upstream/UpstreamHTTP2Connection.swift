import CLinux
import Glibc
import HTTP2
import Telemetry
import Upstream

/// An HTTP/2 connection to an endpoint, which carries many requests at once: by prior knowledge in plain text, by ALPN with
/// TLS.
///
/// Frames gather while events are dealt with and leave at the end of the loop's turn, those of all streams together.
final class UpstreamHTTP2Connection: EventHandler {
    enum Phase: UInt8 {
        case connecting, open, closed
    }

    /// Most streams of one connection; more requests at once get further connections.
    static let mostStreams = 100
    /// While more bytes than this wait to be sent the streams keep theirs.
    private static let congestion = 128 * 1024

    let worker: Worker
    let endpoint: EndpointPool
    private(set) var phase = Phase.connecting
    private var socket: EndpointSocket
    var http2: ConnectionState
    /// By slot.
    var streams: ContiguousArray<UpstreamStream?> = []
    /// Streams that wait to be opened, in the order in which they came.
    var waiting: ContiguousArray<UpstreamStream> = []
    /// Streams that failed where nobody was ready to hear of it.
    var failed: ContiguousArray<(stream: UpstreamStream, failure: UpstreamFailure)> = []
    /// The beginning of a frame.
    private var input = ByteQueue()
    private var isReadable = false
    private var peerClosed = false
    var knowsSettings = false
    private var isInTurn = false
    /// When somebody wants to be called; `.max` for never.
    private var deadline: UInt64 = .max
    /// When the last stream was gone; 0 while there is one.
    var unusedSince: UInt64 = 0

    private init(worker: Worker, endpoint: EndpointPool, descriptor: Int32) {
        self.worker = worker
        self.endpoint = endpoint
        socket = EndpointSocket(policy: endpoint.policy, worker: worker)
        var settings = worker.http2Settings
        // A client that does not take its response must not hold up the others: what all streams together may bring before
        // it is taken is as much as each of them may.
        settings.connectionWindow = settings.streamWindow * Self.mostStreams
        http2 = ConnectionState(role: .client, settings: settings, now: worker.loop.now)
        super.init(descriptor: descriptor)
    }

    /// Begins to connect; whether that works is reported to the streams.
    static func connect(to endpoint: EndpointPool, worker: Worker) throws(SystemError) -> UpstreamHTTP2Connection {
        let descriptor = try EndpointSocket.connect(to: endpoint.address)
        let connection = UpstreamHTTP2Connection(worker: worker, endpoint: endpoint, descriptor: descriptor)
        do {
            try worker.loop.register(connection, connection: true)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        worker.counters.upstreamActive += 1
        connection.expect(by: connection.socket.deadline)
        return connection
    }

    var isOpen: Bool { phase == .open }

    /// True while the endpoint does not take what has been sent.
    var isCongested: Bool { http2.output.count + socket.waitingByteCount > Self.congestion }

    // MARK: Events

    override func ready(_ events: UInt32) {
        switch phase {
        case .connecting:
            let progress = socket.advance(
                events, descriptor: descriptor, worker: worker, target: worker.frames.area,
                room: worker.frames.areaCount)
            switch progress {
            case .pending: return
            case .failed(let failure): return connectFailed(failure)
            case .open(let count): connected(count)
            }
        case .open:
            if events & WEIR_EVENT_OUT != 0, socket.isBlocked { flush() }
        case .closed: return
        }
        if events & (WEIR_EVENT_BROKEN | WEIR_EVENT_PEER_CLOSED) != 0 {
            peerClosed = true
            isReadable = true
        }
        if events & WEIR_EVENT_IN != 0 { isReadable = true }
        if isReadable, phase == .open { receive() }
    }

    /// - Parameter count: bytes that came with the end of the handshake and stand in the frame area.
    private func connected(_ count: Int) {
        phase = .open
        worker.counters.upstreamConnects += 1
        endpoint.health.connectSucceeded()
        deadline = .max
        worker.loop.clearDeadline(self)
        for stream in waiting where (stream.request?.attemptDeadline ?? 0) != 0 {
            expect(by: stream.request?.attemptDeadline ?? .max)
        }
        http2.start()
        sendLater()
        if endpoint.policy.tls != nil { isReadable = true }
        if count > 0 { process(count) }
        openWaiting()
    }

    private func connectFailed(_ failure: UpstreamFailure) {
        endpoint.connectFailed(failure, worker: worker)
        let streams = waiting
        waiting = []
        close()
        for stream in streams {
            let request = stream.detach()
            var unsent = ByteQueue()
            swap(&unsent, &stream.unsent)
            stream.discard()
            request?.connectFailed(endpoint: endpoint, failure: failure, unsent: unsent)
        }
    }

    private func receive() {
        var turns = 0
        while phase == .open, isReadable {
            let saved = input.count
            if let base = input.bytes.baseAddress { worker.frames.area.copyMemory(from: base, byteCount: saved) }
            let reception = socket.receive(
                into: worker.frames.area + saved, room: worker.frames.areaCount - saved, descriptor: descriptor,
                worker: worker)
            switch reception {
            case .bytes(let count, let isDrained):
                input.release()
                if isDrained, !peerClosed { isReadable = false }
                process(saved + count)
            case .nothing: isReadable = false
            case .interrupted: break
            case .end:
                isReadable = false
                return lost(.disconnected)
            }
            turns += 1
            if turns == 16, isReadable, phase == .open {
                worker.loop.continueLater(self)
                return
            }
        }
    }

    /// Takes the frames in the frame area apart.
    private func process(_ count: Int) {
        sendLater()
        let rest = takeFrames(UnsafeMutableRawBufferPointer(start: worker.frames.area, count: count))
        guard phase == .open else { return }
        input.append(UnsafeRawBufferPointer(start: worker.frames.area + rest, count: count - rest))
        if !knowsSettings, http2.hasPeerSettings {
            knowsSettings = true
            endpoint.streamLimit = min(Self.mostStreams, http2.peer.maximumConcurrentStreams)
            openWaiting()
        }
        closeIfUnused()
    }

    // MARK: Sending

    /// Sends what has gathered when the loop's turn is over.
    func sendLater() {
        guard !isInTurn, phase != .closed else { return }
        isInTurn = true
        worker.loop.callAtEndOfTurn(self)
    }

    override func turnEnds() {
        isInTurn = false
        let failed = failed
        self.failed.removeAll()
        for (stream, failure) in failed { stream.fail(failure) }
        guard phase == .open else { return }
        openWaiting()
        flush()
        closeIfUnused()
    }

    private func flush() {
        guard phase == .open else { return }
        let wasCongested = isCongested
        var isSound = !socket.isBlocked || socket.flush(descriptor)
        if isSound, !socket.isBlocked, !http2.output.isEmpty {
            isSound = socket.send(
                http2.output.bytes, UnsafeRawBufferPointer(start: nil, count: 0), descriptor: descriptor,
                worker: worker)
            http2.output.release()
        }
        guard isSound else {
            // What the endpoint said before it closed is read first.
            peerClosed = true
            isReadable = true
            socket.discard()
            http2.output.release()
            worker.loop.continueLater(self)
            return
        }
        guard wasCongested, !isCongested else { return }
        sendWaiting()
        // What found room just now is to leave as well.
        if !http2.output.isEmpty { sendLater() }
    }

    /// There is room again, for the connection or by flow control.
    func sendWaiting() {
        for slot in streams.indices {
            guard phase == .open, streams.indices.contains(slot) else { return }
            streams[slot]?.sendWaiting()
        }
    }

    // MARK: Deadlines

    /// Calls `deadlineReached` at `time` at the latest.
    func expect(by time: UInt64) {
        guard time < deadline, phase != .closed else { return }
        deadline = time
        worker.loop.setDeadline(self, at: time)
    }

    override func deadlineReached() {
        let now = worker.loop.now
        deadline = .max
        if phase == .connecting, now >= socket.deadline { return connectFailed(.unreachable) }
        if phase == .connecting { expect(by: socket.deadline) }
        if phase == .open, http2.streamCount == 0, waiting.isEmpty {
            let end = unusedSince + worker.settings.upstreamIdleTimeout
            return now >= end ? closeGracefully() : expect(by: end)
        }
        for stream in waiting { check(stream, now) }
        for slot in streams.indices where streams.indices.contains(slot) {
            if let stream = streams[slot] { check(stream, now) }
        }
    }

    private func check(_ stream: UpstreamStream, _ now: UInt64) {
        guard let request = stream.request, request.attemptDeadline != 0 else { return }
        // The wheel may be early by a part of a tick.
        if now >= request.attemptDeadline {
            request.attemptTimedOut()
        } else {
            expect(by: request.attemptDeadline)
        }
    }

    // MARK: The end

    /// Rests, or closes when it is of no more use, after the last stream is gone.
    private func closeIfUnused() {
        guard phase == .open, http2.streamCount == 0, waiting.isEmpty else { return }
        let isExhausted = http2.isPeerGoingAway || (knowsSettings && !http2.mayOpenStream)
        if isExhausted || endpoint.isRetired || worker.isDraining { return closeGracefully() }
        guard unusedSince == 0 else { return }
        unusedSince = worker.loop.now
        expect(by: unusedSince + worker.settings.upstreamIdleTimeout)
    }

    /// No table names the endpoint any more.
    func retire() {
        closeIfUnused()
    }

    private func closeGracefully() {
        guard phase != .closed else { return }
        if phase == .open {
            http2.close(.noError)
            flush()
        }
        close()
    }

    /// The connection is gone, or of no more use.
    func lost(_ failure: UpstreamFailure) {
        let open = streams.compactMap(\.self)
        let unopened = waiting
        streams = []
        waiting = []
        flush()
        close()
        for stream in open {
            stream.slot = -1
            stream.connectionLost(failure)
        }
        for stream in unopened { move(stream) }
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        endpoint.forget(self)
        input.release()
        http2.output.release()
        socket.close(descriptor: descriptor, worker: worker)
        worker.counters.upstreamActive -= 1
        worker.loop.close(self)
    }
}
