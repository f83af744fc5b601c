import CLinux
import Glibc
import TLS

/// One of the two connections of a relay: the client's, or the one to the backend. Hands out and takes plain bytes, whatever
/// is on the wire.
final class StreamEnd: EventHandler {
    enum Reception {
        /// So many bytes stand in the receive area.
        case bytes(Int)
        /// Nothing for now, or nothing plain.
        case nothing
        /// Nothing more will come. In order: by FIN, or with TLS by close_notify.
        case end(isOrderly: Bool)
    }

    private let relay: StreamRelay
    private var worker: Worker { relay.worker }
    /// nil in plain text.
    var tls: TLSSession?
    /// Bytes for this side that its kernel buffer had no room for, as they go on the wire. About as much as one receive
    /// brings at most, because the other side is not read meanwhile. Owns no memory while empty.
    private(set) var output = ByteQueue()
    /// What the kernel moves to this side without copying; see `SplicePipe`. nil most of the time.
    private(set) var pipe: SplicePipe?
    /// How sending failed; 0 as long as it does not.
    private(set) var sendFailure: Int32 = 0
    /// The kernel may have more to read: an edge was reported and no short read since.
    var isReadable = false
    /// Receives in a row that brought as much as there was room for.
    private var fullReceives: UInt8 = 0
    /// So much comes from this side that copying it is not worth while.
    var isInBulk: Bool { fullReceives >= 3 }
    /// A FIN or an error has been reported: a short read is not the last.
    private(set) var peerClosed = false
    /// How the TLS stream ended, when that came together with its last bytes.
    private var endOfTLS: Reception?
    /// Everything that this side sent has been read.
    var hasEnded = false
    /// Nothing more can be sent to this side: it got a FIN, or does not take anything any more.
    var isFinished = false

    init(relay: StreamRelay, descriptor: Int32) {
        self.relay = relay
        super.init(descriptor: descriptor)
    }

    override func ready(_ events: UInt32) {
        relay.ready(self, events)
    }

    override func deadlineReached() {
        relay.deadlineReached()
    }

    override func terminate() {
        relay.abort()
    }

    /// Called for both ends when endpoints have left.
    func endpointsChanged() {
        relay.endpointsChanged()
    }

    func note(_ events: UInt32) {
        if events & (WEIR_EVENT_PEER_CLOSED | WEIR_EVENT_BROKEN) != 0 { expectEnd() }
        if events & WEIR_EVENT_IN != 0 { isReadable = true }
    }

    /// There is something to read, and be it that nothing more will come.
    func expectEnd() {
        peerClosed = true
        isReadable = true
    }

    // MARK: Receiving

    /// Brings what has arrived into the receive area, once.
    func receive() -> Reception {
        if let tls { return receiveSecure(tls) }
        let room = worker.receive.areaCount
        let received = weir_recv(descriptor, worker.receive.area, room)
        guard received > 0 else { return nothingReceived(received, endsOrderly: true) }
        if received < room, !peerClosed { isReadable = false }
        fullReceives = received < room ? 0 : min(fullReceives + 1, 3)
        return .bytes(received)
    }

    fileprivate func nothingReceived(_ received: Int, endsOrderly: Bool) -> Reception {
        if received < 0, errno == EINTR { return .nothing }
        isReadable = false
        if received < 0, errno == EAGAIN { return .nothing }
        return .end(isOrderly: received == 0 && endsOrderly)
    }

    private func receiveSecure(_ tls: TLSSession) -> Reception {
        if let endOfTLS {
            isReadable = false
            return endOfTLS
        }
        let transit = worker.transit
        let limit = min(transit.received.count, worker.receive.areaCount - TLSTransit.largestRecord)
        let received = weir_recv(descriptor, transit.received.baseAddress, limit)
        guard received > 0 else { return nothingReceived(received, endsOrderly: false) }
        if received < limit, !peerClosed { isReadable = false }
        let plain = tls.receive(
            received, into: worker.receive.area, room: worker.receive.areaCount, transit: transit
        ) { put($0) }
        switch plain.end {
        case .open: return plain.count > 0 ? .bytes(plain.count) : .nothing
        case .closed: endOfTLS = .end(isOrderly: true)
        case .failed: endOfTLS = .end(isOrderly: false)
        }
        isReadable = true
        return plain.count > 0 ? .bytes(plain.count) : .nothing
    }

    // MARK: Sending

    /// Something waits for this side: the other one is not read meanwhile.
    var isBlocked: Bool { !output.isEmpty || pipe?.isEmpty == false }

    /// Sends now what the kernel takes and keeps the rest; see `sendFailure`.
    func send(_ bytes: UnsafeRawBufferPointer) {
        if let tls {
            tls.write(bytes, transit: worker.transit) { put($0) }
        } else {
            put(bytes)
        }
    }

    /// Bytes as they go on the wire.
    func put(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0, sendFailure == 0 else { return }
        var sent = 0
        if output.isEmpty {
            sent = weir_send(descriptor, base, bytes.count)
            if sent == bytes.count { return }
            if sent < 0 {
                guard errno == EAGAIN || errno == EINTR else { return failed() }
                sent = 0
            }
        }
        output.append(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
    }

    func flush() {
        while !output.isEmpty {
            let waiting = output.bytes
            guard let base = waiting.baseAddress else { break }
            let sent = weir_send(descriptor, base, waiting.count)
            if sent < 0 {
                if errno != EAGAIN, errno != EINTR { failed() }
                return
            }
            output.consume(sent)
        }
        flushPipe()
    }

    private func failed() {
        sendFailure = errno
        output.release()
        dropPipe()
    }

    // MARK: Moving without copying

    /// Moves what `source` has sent to this side, once. Both are in plain text.
    func splice(from source: StreamEnd, through pipe: SplicePipe) -> Reception {
        self.pipe = pipe
        let moved = weir_splice(source.descriptor, pipe.writing, pipe.capacity)
        guard moved > 0 else {
            dropPipe()
            return source.nothingReceived(moved, endsOrderly: true)
        }
        pipe.count = moved
        if moved < 32 * 1024 { source.fullReceives = 0 }
        flushPipe()
        return .bytes(moved)
    }

    private func flushPipe() {
        guard let pipe else { return }
        while !pipe.isEmpty {
            let sent = weir_splice(pipe.reading, descriptor, pipe.count)
            if sent > 0 {
                pipe.count -= sent
            } else if sent == 0 || errno != EINTR {
                if sent == 0 || errno != EAGAIN { failed() }
                return
            }
        }
    }

    /// Gives the pipe back.
    func dropPipe() {
        guard let pipe else { return }
        self.pipe = nil
        worker.pipes.giveBack(pipe)
    }

    /// Says goodbye where there are words for it.
    func sendCloseNotify() {
        tls?.close(transit: worker.transit) { put($0) }
    }

    func release() {
        tls = nil
        output.release()
        dropPipe()
    }
}
