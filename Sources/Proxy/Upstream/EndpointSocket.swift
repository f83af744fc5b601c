import CLinux
import Glibc
import Routing
import TLS

/// The way of bytes to one endpoint and back: a socket that connects, completes a TLS handshake if the backend asks for
/// it, and then carries plain bytes at this end whatever it carries at the other.
///
/// Not one byte of a request leaves before the backend's certificate has been verified: what is sent earlier waits here.
/// Belongs to an `EventHandler`, which owns the descriptor and passes its events on. Whoever uses it: HTTP/1.1
/// connections, HTTP/2 connections, relays.
struct EndpointSocket: ~Copyable {
    private enum State: UInt8 {
        case connecting, handshaking, open
    }

    /// What became of connecting, or of reading.
    enum Progress {
        /// Not there yet.
        case pending
        /// The connection is open. So many bytes that came with the end of the handshake stand at the target.
        case open(Int)
        case failed(UpstreamFailure)
    }

    enum Reception {
        /// So many bytes stand at the target. `isDrained`: the kernel has no more for now.
        case bytes(Int, isDrained: Bool)
        /// Nothing for now.
        case nothing
        /// Nothing yet; ask again.
        case interrupted
        /// The endpoint sends nothing more. In order: with TLS, after it said so.
        case end(isOrderly: Bool)
    }

    private var state = State.connecting
    /// nil in plain text.
    private var session: TLSSession?
    private let policy: ConnectionPolicy
    /// As it goes to the kernel.
    private var output = ByteQueue()
    /// Plain bytes that wait for the connection to open.
    private var waiting = ByteQueue()
    private var end: Reception?
    /// When the connection must be open, in nanoseconds of the loop's clock.
    let deadline: UInt64

    /// Begins to connect. The caller registers the descriptor with its loop.
    static func connect(to address: SocketAddress) throws(SystemError) -> Int32 {
        let descriptor = weir_socket(address.family)
        guard descriptor >= 0 else { throw SystemError(call: "socket", errno: errno) }
        _ = weir_set_nodelay(descriptor)
        // An endpoint that vanished without a FIN would otherwise hold a request for ever.
        _ = weir_set_keepalive(descriptor)
        let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            let error = errno
            Glibc.close(descriptor)
            throw SystemError(call: "connect", errno: error)
        }
        return descriptor
    }

    /// For a descriptor that `connect` returned just now.
    init(policy: ConnectionPolicy, worker: Worker) {
        self.policy = policy
        deadline = worker.loop.now + worker.settings.connectTimeout
    }

    var isOpen: Bool { state == .open }
    /// True while bytes wait, for the kernel or for the connection to open.
    var isBlocked: Bool { !output.isEmpty || state != .open }
    var waitingByteCount: Int { output.count + waiting.count }

    // MARK: Opening

    /// Goes on after an event while the connection is not open.
    /// - Parameters:
    ///   - target: where bytes go that come with the end of the handshake; `room` of them fit, more than a TLS record.
    mutating func advance(
        _ events: UInt32, descriptor: Int32, worker: Worker, target: UnsafeMutableRawPointer, room: Int
    ) -> Progress {
        switch state {
        case .connecting:
            guard events & (WEIR_EVENT_OUT | WEIR_EVENT_BROKEN) != 0 else { return .pending }
            guard weir_socket_error(descriptor) == 0 else { return .failed(.unreachable) }
            guard let security = policy.tls else {
                state = .open
                swap(&waiting, &output)
                return .open(0)
            }
            guard let session = security.session(worker.transit) else { return .failed(.tlsUnusable) }
            self.session = session
            state = .handshaking
            session.start(transit: worker.transit) { put($0, descriptor) }
            return .pending
        case .handshaking:
            if events & WEIR_EVENT_OUT != 0 { _ = flush(descriptor) }
            return handshake(descriptor: descriptor, worker: worker, target: target, room: room)
        case .open: return .open(0)
        }
    }

    private mutating func handshake(
        descriptor: Int32, worker: Worker, target: UnsafeMutableRawPointer, room: Int
    ) -> Progress {
        guard let session else { return .failed(.tlsUnusable) }
        while true {
            let received = receiveSecure(session, descriptor: descriptor, worker: worker, target: target, room: room)
            if session.failure != nil { return .failed(UpstreamFailure(handshakeOf: session)) }
            guard session.isEstablished else {
                switch received {
                case .nothing: return .pending
                case .end: return .failed(.handshakeFailed)
                case .bytes(_, let isDrained) where isDrained: return .pending
                case .bytes, .interrupted: continue
                }
            }
            guard policy.protocol != .http2 || session.alpn == .http2 else { return .failed(.noHTTP2) }
            state = .open
            session.write(UnsafeRawBufferPointer(waiting.bytes), transit: worker.transit) { output.append($0) }
            waiting.release()
            if case .bytes(let count, _) = received { return .open(count) }
            return .open(0)
        }
    }

    /// What could not be sent because the connection never opened.
    mutating func takeUnsent() -> ByteQueue {
        var unsent = ByteQueue()
        swap(&unsent, &waiting)
        return unsent
    }

    // MARK: Sending

    /// Sends now what the kernel takes and keeps the rest.
    /// - Returns: false when the connection is broken; `errno` says how.
    @inline(__always)
    mutating func send(
        _ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer, descriptor: Int32, worker: Worker
    ) -> Bool {
        if state == .open, session == nil, output.isEmpty { return sendPlain(head, body, descriptor: descriptor) }
        return sendOtherwise(head, body, descriptor: descriptor, worker: worker)
    }

    private mutating func sendPlain(
        _ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer, descriptor: Int32
    ) -> Bool {
        var sent = 0
        if let base = head.baseAddress, body.isEmpty {
            sent = weir_send(descriptor, base, head.count)
        } else if let base = body.baseAddress, head.isEmpty {
            sent = weir_send(descriptor, base, body.count)
        } else {
            sent = weir_send2(descriptor, head.baseAddress, head.count, body.baseAddress, body.count)
        }
        if sent == head.count + body.count { return true }
        if sent < 0 {
            guard errno == EAGAIN || errno == EINTR else { return false }
            sent = 0
        }
        if sent < head.count { output.append(UnsafeRawBufferPointer(rebasing: head[sent...])) }
        let sentOfBody = max(0, sent - head.count)
        output.append(UnsafeRawBufferPointer(rebasing: body[sentOfBody...]))
        return true
    }

    private mutating func sendOtherwise(
        _ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer, descriptor: Int32, worker: Worker
    ) -> Bool {
        guard state == .open else {
            waiting.append(head)
            waiting.append(body)
            return true
        }
        guard let session else {
            output.append(head)
            output.append(body)
            return true
        }
        let wasBlocked = !output.isEmpty
        // Both leave in one call.
        session.write(head, transit: worker.transit) { output.append($0) }
        session.write(body, transit: worker.transit) { output.append($0) }
        return wasBlocked ? true : flush(descriptor)
    }

    /// Sends what waits for the kernel.
    /// - Returns: false when the connection is broken; `errno` says how.
    mutating func flush(_ descriptor: Int32) -> Bool {
        while !output.isEmpty {
            let bytes = output.bytes
            guard let base = bytes.baseAddress else { break }
            let sent = weir_send(descriptor, base, bytes.count)
            if sent < 0 { return errno == EAGAIN || errno == EINTR }
            output.consume(sent)
        }
        return true
    }

    /// Encrypted bytes that the library wants sent; a failure shows when reading.
    private mutating func put(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) {
        output.append(bytes)
        _ = flush(descriptor)
    }

    // MARK: Receiving

    /// Reads up to `room` bytes to `target`; with TLS there must be room for more than a record.
    @inline(__always)
    mutating func receive(
        into target: UnsafeMutableRawPointer, room: Int, descriptor: Int32, worker: Worker
    ) -> Reception {
        if let session {
            return receiveSecure(session, descriptor: descriptor, worker: worker, target: target, room: room)
        }
        let received = weir_recv(descriptor, target, room)
        if received > 0 { return .bytes(received, isDrained: received < room) }
        if received == 0 { return .end(isOrderly: true) }
        switch errno {
        case EAGAIN: return .nothing
        case EINTR: return .interrupted
        default: return .end(isOrderly: false)
        }
    }

    private mutating func receiveSecure(
        _ session: TLSSession, descriptor: Int32, worker: Worker, target: UnsafeMutableRawPointer, room: Int
    ) -> Reception {
        if let end { return end }
        let transit = worker.transit
        let limit = min(transit.received.count, room - TLSTransit.largestRecord)
        while true {
            let received = weir_recv(descriptor, transit.received.baseAddress, limit)
            if received < 0, errno == EAGAIN { return .nothing }
            if received < 0, errno == EINTR { return .interrupted }
            // Without close_notify anybody may have cut the stream short.
            guard received > 0 else { return .end(isOrderly: false) }
            let plain = session.receive(received, into: target, room: room, transit: transit) { put($0, descriptor) }
            switch plain.end {
            case .open: break
            case .closed: end = .end(isOrderly: true)
            case .failed: end = .end(isOrderly: false)
            }
            if plain.count > 0 { return .bytes(plain.count, isDrained: end == nil && received < limit) }
            if let end { return end }
            if received < limit { return .nothing }
        }
    }

    // MARK: The end

    /// Whether nothing has come that nobody asked for, so that the connection may wait for another request. With TLS new
    /// session tickets may come at any time; they are taken here.
    mutating func isQuiet(descriptor: Int32, worker: Worker) -> Bool {
        guard session != nil else { return weir_is_quiet(descriptor) == 1 }
        if case .nothing = receive(
            into: worker.receive.area, room: worker.receive.areaCount, descriptor: descriptor, worker: worker)
        {
            return true
        }
        return false
    }

    /// Says that nothing more will be sent; what comes is still received.
    mutating func finish(descriptor: Int32, worker: Worker) {
        session?.close(transit: worker.transit) { put($0, descriptor) }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Says goodbye, where there are words for it, and forgets what waits. The caller closes the descriptor.
    mutating func close(descriptor: Int32, worker: Worker) {
        if let session, state == .open, output.isEmpty {
            session.close(transit: worker.transit) { put($0, descriptor) }
        }
        session = nil
        discard()
    }

    /// Forgets what waits.
    mutating func discard() {
        output.release()
        waiting.release()
    }
}
