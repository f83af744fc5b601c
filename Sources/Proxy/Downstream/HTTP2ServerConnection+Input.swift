import CLinux
import Glibc
import HTTP2
import TLS
import Telemetry

/// Receiving, and working off what was received.
extension HTTP2ServerConnection {
    func processInput() {
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
    func afterProcessing() {
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
    func receive(at offset: Int) -> Int {
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
    func process(_ count: Int) {
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

    func nextEvent() -> ConnectionEvent {
        http2.receive(
            UnsafeMutableRawBufferPointer(start: worker.receive.area, count: received), consumed: &consumed,
            head: worker.http2Head, now: worker.loop.now)
    }

    /// Whether the next frame has arrived and is DATA of this stream and nothing but data.
    func hasData(of slot: Int) -> Bool {
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
}
