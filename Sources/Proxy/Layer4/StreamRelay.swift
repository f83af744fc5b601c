import CLinux
import Glibc
import TLS
import Telemetry
import Upstream

/// A client's connection of a TCP or TLS listener and the connection to a backend that it is joined to, byte by byte.
///
/// The backend is connected to at once, after the client's TLS handshake if there is one, since in many protocols the
/// server speaks first. Each direction ends on its own: a FIN is passed on when everything before it has been, a reset at
/// once. A side is read only while the other one takes what it sends, so about one receive's worth per direction waits
/// here at most.
final class StreamRelay {
    enum Phase {
        /// The client shakes hands.
        case greeting
        case connecting
        /// The backend shakes hands.
        case securing
        case relaying, closed
    }

    let worker: Worker
    let target: StreamTarget
    /// The endpoints to choose from; let go when one has been reached.
    var pool: BackendPool?
    var phase: Phase
    var client: StreamEnd?
    var server: StreamEnd?
    var endpoint: EndpointPool?
    /// Endpoints tried so far.
    var attempts = 0
    /// What the connection brings is encrypted by the client already: nothing is to be added.
    let isPassthrough: Bool
    /// Sent first to a backend that wants to know; empty for others.
    var proxyHeader: [UInt8] = []
    /// What the client sent together with the end of its handshake.
    var early = ByteQueue()

    // Nanoseconds of the loop's clock; 0 for none.
    var openingDeadline: UInt64 = 0
    private var lastActivity: UInt64 = 0
    private var endpointDeadline: UInt64 = 0

    private init(worker: Worker, target: StreamTarget, pool: BackendPool, isPassthrough: Bool, phase: Phase) {
        self.worker = worker
        self.target = target
        self.pool = pool
        self.isPassthrough = isPassthrough
        self.phase = phase
    }

    /// Joins a client to a backend of the route.
    /// - Parameters:
    ///   - tls: what the client shakes hands with first; nil when it does not.
    ///   - isPassthrough: the client speaks TLS, but with the backend.
    static func begin(
        _ connection: IncomingConnection, target: StreamTarget, tls: TLSSession? = nil, isPassthrough: Bool = false
    ) {
        let worker = connection.listener.worker
        // Before the handshake: a client that nobody will serve is not greeted.
        guard let backend = target.nextBackend() else {
            target.series.refuse(target.refusal)
            return connection.refuse()
        }
        let pool = worker.table.backends[backend]
        guard pool.candidateCount > 0 else {
            target.series.refuse(.noEndpoint)
            return connection.refuse()
        }
        let relay = StreamRelay(
            worker: worker, target: target, pool: pool, isPassthrough: isPassthrough,
            phase: tls == nil ? .connecting : .greeting)
        if let version = pool.proxyProtocol { relay.proxyHeader = connection.proxyHeader(version) }
        let end = StreamEnd(relay: relay, descriptor: connection.descriptor)
        do {
            try connection.adopt(end)
        } catch {
            target.series.refuse(.noResources)
            return connection.refuse()
        }
        end.tls = tls
        end.note(connection.events)
        relay.client = end
        target.series.counters.opened += 1
        target.series.counters.active += 1
        worker.relayCount += 1
        if tls == nil {
            relay.connect(excluding: nil)
        } else {
            relay.openingDeadline = worker.loop.now + worker.settings.headerTimeout
            relay.updateDeadline()
            if end.isReadable { relay.greet() }
        }
    }

    // MARK: Events

    func ready(_ end: StreamEnd, _ events: UInt32) {
        end.note(events)
        if events & (WEIR_EVENT_OUT | WEIR_EVENT_BROKEN) != 0 { end.flush() }
        switch phase {
        case .greeting: greet()
        case .connecting where end === server:
            if events & (WEIR_EVENT_OUT | WEIR_EVENT_BROKEN) != 0 { connectionCompleted() }
        case .securing where end === server: secure()
        case .connecting, .securing:
            // The client. A FIN may come early: the answer is still wanted. After a reset nothing is.
            if events & WEIR_EVENT_BROKEN != 0 { abort() }
        case .relaying: relay(end)
        case .closed: break
        }
    }

    private func relay(_ end: StreamEnd) {
        guard let client, let server else { return }
        let other = end === client ? server : client
        if end.sendFailure != 0, !end.isFinished { return takesNothing(end, from: other) }
        if !end.isBlocked, !end.isFinished {
            // What it had no room for has left.
            if other.hasEnded { finish(end, from: other) } else { pump(from: other, to: end) }
        }
        if phase == .relaying { pump(from: end, to: other) }
    }

    /// The connection to the backend is open.
    func begin() {
        guard let client, let server else { return }
        phase = .relaying
        openingDeadline = 0
        proxyHeader = []
        lastActivity = worker.loop.now
        pool = nil
        updateDeadline()
        if !early.isEmpty {
            server.send(UnsafeRawBufferPointer(early.bytes))
            early.release()
        }
        pump(from: client, to: server)
        if phase == .relaying { pump(from: server, to: client) }
    }

    // MARK: Moving bytes

    /// Passes on what `source` sends until nothing is left or `sink` takes no more.
    private func pump(from source: StreamEnd, to sink: StreamEnd) {
        guard source.isReadable, !source.hasEnded else { return }
        lastActivity = worker.loop.now
        var turns = 0
        while source.isReadable, !source.hasEnded, !sink.isBlocked, !sink.isFinished {
            let reception: StreamEnd.Reception
            if let pipe = sink.pipe ?? takePipe(from: source, to: sink) {
                reception = sink.splice(from: source, through: pipe)
                if case .bytes(let count) = reception {
                    self.count(count, from: source)
                    if sink.sendFailure != 0 { takesNothing(sink, from: source) }
                    // A pipe holds as much as many receives bring.
                    turns += 3
                }
            } else {
                reception = source.receive()
                if case .bytes(let count) = reception {
                    pass(UnsafeRawBufferPointer(start: worker.receive.area, count: count), to: sink, from: source)
                }
            }
            guard phase == .relaying else { return }
            if case .end(let isOrderly) = reception { return ended(source, to: sink, isOrderly: isOrderly) }
            turns += 1
            if turns >= 16, source.isReadable {
                return worker.loop.continueLater(source)
            }
        }
    }

    private func takePipe(from source: StreamEnd, to sink: StreamEnd) -> SplicePipe? {
        source.isInBulk && source.tls == nil && sink.tls == nil ? worker.pipes.take() : nil
    }

    private func ended(_ source: StreamEnd, to sink: StreamEnd, isOrderly: Bool) {
        // A client that leaves without close_notify is common, and nothing tells a cut from it; a backend is to say that
        // it is through (docs/layer4.md).
        guard isOrderly || (source === client && source.tls != nil) else { return reset() }
        source.hasEnded = true
        finish(sink, from: source)
    }

    func pass(_ bytes: UnsafeRawBufferPointer, to sink: StreamEnd, from source: StreamEnd) {
        count(bytes.count, from: source)
        sink.send(bytes)
        if sink.sendFailure != 0 { takesNothing(sink, from: source) }
    }

    private func count(_ bytes: Int, from source: StreamEnd) {
        if source === client {
            target.series.counters.bytesReceived &+= UInt64(bytes)
        } else {
            target.series.counters.bytesSent &+= UInt64(bytes)
        }
    }

    // MARK: Ends

    /// `source` has sent its last byte: tells `sink`, behind what still waits for it.
    private func finish(_ sink: StreamEnd, from source: StreamEnd) {
        guard !sink.isBlocked, !sink.isFinished else { return }
        sink.sendCloseNotify()
        guard !sink.isBlocked else { return }
        sink.isFinished = true
        sink.dropPipe()
        if source.isFinished, sink.hasEnded { return close() }
        shutdown(sink.descriptor, Int32(SHUT_WR))
    }

    /// A write to `sink` failed. What it sent before it went away is still passed on, as it would be without a proxy in
    /// between; then the relay ends.
    private func takesNothing(_ sink: StreamEnd, from source: StreamEnd) {
        sink.isFinished = true
        source.hasEnded = true
        // EPIPE comes after a FIN. Everything else has used up the error, and reading would end as if in order.
        if sink.sendFailure != EPIPE { _ = weir_set_reset_on_close(source.descriptor) }
        if sink.hasEnded { return source.isFinished ? close() : finish(source, from: sink) }
        sink.expectEnd()
        worker.loop.continueLater(sink)
    }

    /// Ends both connections at once, so that neither side takes what it has for complete.
    func reset() {
        if let client { _ = weir_set_reset_on_close(client.descriptor) }
        if let server { _ = weir_set_reset_on_close(server.descriptor) }
        close()
    }

    func abort() {
        if phase != .closed { reset() }
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        leaveEndpoint()
        pool = nil
        early.release()
        guard let client else { return }
        client.release()
        worker.loop.close(client)
        self.client = nil
        target.series.counters.active -= 1
        worker.relayCount -= 1
        worker.connectionClosed()
    }

    // MARK: Deadlines

    /// The endpoint may have left the backend: the connection may go on for a while.
    func endpointsChanged() {
        guard phase == .relaying, endpointDeadline == 0, endpoint?.isRetired == true else { return }
        endpointDeadline = worker.loop.now + worker.settings.endpointDrainTimeout
        updateDeadline()
    }

    private var idleDeadline: UInt64 {
        worker.settings.streamIdleTimeout == 0 ? .max : lastActivity + worker.settings.streamIdleTimeout
    }

    /// All deadlines are those of the client's descriptor.
    func updateDeadline() {
        guard let client else { return }
        var next = openingDeadline != 0 ? openingDeadline : idleDeadline
        if endpointDeadline != 0 { next = min(next, endpointDeadline) }
        if next == .max { worker.loop.clearDeadline(client) } else { worker.loop.setDeadline(client, at: next) }
    }

    func deadlineReached() {
        let now = worker.loop.now
        if openingDeadline != 0, now >= openingDeadline { return openingTookTooLong() }
        if phase == .relaying {
            if now >= idleDeadline { return reset() }
            if endpointDeadline != 0, now >= endpointDeadline {
                // It may have come back.
                guard let key = endpoint?.key, worker.endpoints[key] != nil else { return reset() }
                endpointDeadline = 0
            }
        }
        // The wheel may be early by a part of a tick.
        if phase != .closed { updateDeadline() }
    }
}
