import CLinux
import Glibc
import Telemetry
import Upstream

/// A client's connection of a TCP or TLS listener and the connection to a backend that it is joined to, byte by byte.
///
/// The backend is connected to at once, since in many protocols the server speaks first. Each direction ends on its own:
/// a FIN is passed on when everything before it has been, a reset at once. A side is read only while the other one takes
/// what it sends, so at most one receive's worth per direction waits here.
final class StreamRelay {
    private enum Phase {
        case connecting, relaying, closed
    }

    let worker: Worker
    let target: StreamTarget
    /// The endpoints to choose from; let go when one has been reached.
    private var pool: BackendPool?
    private var phase: Phase = .connecting
    private(set) var client: StreamEnd?
    private var server: StreamEnd?
    private var endpoint: EndpointPool?
    private var attempts = 0
    /// Sent first to a backend that wants to know; empty for others.
    private var proxyHeader: [UInt8] = []

    // Nanoseconds of the loop's clock; 0 for none.
    private var connectDeadline: UInt64 = 0
    private var lastActivity: UInt64 = 0
    private var endpointDeadline: UInt64 = 0

    private init(worker: Worker, target: StreamTarget, pool: BackendPool) {
        self.worker = worker
        self.target = target
        self.pool = pool
    }

    /// Joins a client to a backend of the route.
    static func begin(_ connection: IncomingConnection, worker: Worker, target: StreamTarget) {
        guard let backend = target.nextBackend() else {
            target.series.refuse(target.refusal)
            return connection.refuse()
        }
        let pool = worker.table.backends[backend]
        guard pool.candidateCount > 0 else {
            target.series.refuse(.noEndpoint)
            return connection.refuse()
        }
        let relay = StreamRelay(worker: worker, target: target, pool: pool)
        if let version = pool.proxyProtocol { relay.proxyHeader = connection.proxyHeader(version) }
        let end = StreamEnd(relay: relay, descriptor: connection.descriptor)
        do {
            try connection.adopt(end)
        } catch {
            target.series.refuse(.noResources)
            return connection.refuse()
        }
        relay.client = end
        end.note(connection.events)
        target.series.counters.opened += 1
        target.series.counters.active += 1
        relay.connect(excluding: nil)
    }

    // MARK: Connecting

    /// Begins to connect to an endpoint of the backend; tries another one when that fails at once.
    private func connect(excluding failed: EndpointPool?) {
        var failed = failed
        while let pool, attempts < min(3, pool.candidateCount),
            let endpoint = pool.pick(random: worker.random(), now: worker.loop.now, excluding: failed)
        {
            attempts += 1
            do {
                let descriptor = try UpstreamSocket.connect(to: endpoint.address)
                let end = StreamEnd(relay: self, descriptor: descriptor)
                do {
                    try worker.loop.register(end, connection: true)
                } catch {
                    Glibc.close(descriptor)
                    throw error
                }
                server = end
                self.endpoint = endpoint
                endpoint.requestsInFlight += 1
                worker.counters.upstreamActive += 1
                connectDeadline = worker.loop.now + worker.settings.connectTimeout
                return updateDeadline()
            } catch {
                endpoint.health.connectFailed(now: worker.loop.now)
                worker.counters.upstreamConnectFailures += 1
                failed = endpoint
            }
        }
        target.series.refuse(.connectFailed)
        reset()
    }

    private func connectFailed() {
        guard let endpoint else { return }
        endpoint.health.connectFailed(now: worker.loop.now)
        worker.counters.upstreamConnectFailures += 1
        leaveEndpoint()
        connect(excluding: endpoint)
    }

    private func connected() {
        guard let client, let server, let endpoint else { return }
        phase = .relaying
        connectDeadline = 0
        lastActivity = worker.loop.now
        endpoint.health.connectSucceeded()
        worker.counters.upstreamConnects += 1
        pool = nil
        updateDeadline()
        if !proxyHeader.isEmpty {
            proxyHeader.withUnsafeBytes { send($0, to: server, from: client) }
            proxyHeader = []
        }
        pump(from: client, to: server)
        if phase == .relaying { pump(from: server, to: client) }
    }

    /// Closes the connection to the endpoint.
    private func leaveEndpoint() {
        guard let server else { return }
        server.output.release()
        worker.loop.close(server)
        worker.counters.upstreamActive -= 1
        endpoint?.requestsInFlight -= 1
        endpoint = nil
        self.server = nil
    }

    // MARK: Events

    func ready(_ end: StreamEnd, _ events: UInt32) {
        switch phase {
        case .connecting:
            if end === client {
                end.note(events)
                // A FIN may come early: the answer is still wanted. A reset may not.
                if events & WEIR_EVENT_BROKEN != 0 { abort() }
            } else if events & (WEIR_EVENT_OUT | WEIR_EVENT_BROKEN) != 0 {
                guard weir_socket_error(end.descriptor) == 0 else { return connectFailed() }
                end.note(events)
                connected()
            }
        case .relaying:
            guard let client, let server else { return }
            let other = end === client ? server : client
            end.note(events)
            if !end.output.isEmpty, events & (WEIR_EVENT_OUT | WEIR_EVENT_BROKEN) != 0 {
                flush(end, from: other)
                guard phase == .relaying else { return }
                if end.output.isEmpty, !other.hasEnded { pump(from: other, to: end) }
            }
            if phase == .relaying { pump(from: end, to: other) }
        case .closed: break
        }
    }

    // MARK: Moving bytes

    /// Passes on what `source` sends until nothing is left or `sink` takes no more.
    private func pump(from source: StreamEnd, to sink: StreamEnd) {
        guard source.isReadable, !source.hasEnded else { return }
        lastActivity = worker.loop.now
        var turns = 0
        while source.isReadable, !source.hasEnded, sink.output.isEmpty, !sink.isFinished {
            let room = worker.receive.areaCount
            let received = weir_recv(source.descriptor, worker.receive.area, room)
            if received > 0 {
                if received < room, !source.peerClosed { source.isReadable = false }
                count(received, from: source)
                send(UnsafeRawBufferPointer(start: worker.receive.area, count: received), to: sink, from: source)
                guard phase == .relaying else { return }
            } else if received == 0 {
                source.isReadable = false
                source.hasEnded = true
                return finish(sink, from: source)
            } else if errno == EAGAIN || errno == EINTR {
                source.isReadable = errno == EINTR
            } else {
                return reset()
            }
            turns += 1
            if turns == 16, source.isReadable {
                return worker.loop.continueLater(source)
            }
        }
    }

    private func count(_ bytes: Int, from source: StreamEnd) {
        if source === client {
            target.series.counters.bytesReceived &+= UInt64(bytes)
        } else {
            target.series.counters.bytesSent &+= UInt64(bytes)
        }
    }

    private func send(_ bytes: UnsafeRawBufferPointer, to sink: StreamEnd, from source: StreamEnd) {
        guard let base = bytes.baseAddress else { return }
        var sent = weir_send(sink.descriptor, base, bytes.count)
        if sent == bytes.count { return }
        if sent < 0 {
            guard errno == EAGAIN || errno == EINTR else {
                return takesNothing(sink, from: source, failure: errno)
            }
            sent = 0
        }
        sink.output.append(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
    }

    private func flush(_ sink: StreamEnd, from source: StreamEnd) {
        while !sink.output.isEmpty {
            let waiting = sink.output.bytes
            guard let base = waiting.baseAddress else { break }
            let sent = weir_send(sink.descriptor, base, waiting.count)
            if sent < 0 {
                guard errno == EAGAIN || errno == EINTR else {
                    return takesNothing(sink, from: source, failure: errno)
                }
                return
            }
            lastActivity = worker.loop.now
            sink.output.consume(sent)
        }
        if source.hasEnded { finish(sink, from: source) }
    }

    // MARK: Ends

    /// `source` has sent its last byte: tells `sink`, behind what still waits for it.
    private func finish(_ sink: StreamEnd, from source: StreamEnd) {
        guard sink.output.isEmpty, !sink.isFinished else { return }
        sink.isFinished = true
        if source.isFinished, sink.hasEnded { return close() }
        shutdown(sink.descriptor, Int32(SHUT_WR))
    }

    /// A write to `sink` failed. What it sent before it went away is still passed on, as it would be without a proxy in
    /// between; then the relay ends.
    private func takesNothing(_ sink: StreamEnd, from source: StreamEnd, failure: Int32) {
        sink.output.release()
        sink.isFinished = true
        source.hasEnded = true
        // EPIPE comes after a FIN. Everything else has used up the error, and reading would end as if in order.
        if failure != EPIPE { _ = weir_set_reset_on_close(source.descriptor) }
        if sink.hasEnded { return source.isFinished ? close() : finish(source, from: sink) }
        sink.peerClosed = true
        sink.isReadable = true
        worker.loop.continueLater(sink)
    }

    /// Ends both connections at once, so that neither side takes what it has for complete.
    private func reset() {
        if let client { _ = weir_set_reset_on_close(client.descriptor) }
        if let server { _ = weir_set_reset_on_close(server.descriptor) }
        close()
    }

    func abort() {
        if phase != .closed { reset() }
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        leaveEndpoint()
        pool = nil
        guard let client else { return }
        client.output.release()
        worker.loop.close(client)
        self.client = nil
        target.series.counters.active -= 1
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
    private func updateDeadline() {
        guard let client else { return }
        var next = phase == .connecting ? connectDeadline : idleDeadline
        if endpointDeadline != 0 { next = min(next, endpointDeadline) }
        if next == .max { worker.loop.clearDeadline(client) } else { worker.loop.setDeadline(client, at: next) }
    }

    func deadlineReached() {
        let now = worker.loop.now
        if phase == .connecting, now >= connectDeadline { return connectFailed() }
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
