import Glibc
import HTTP1
import HTTP2
import HTTPSemantics
import Telemetry

/// What events mean for streams.
extension HTTP2ServerConnection {
    func take(_ event: ConnectionEvent) {
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

    func stream(_ slot: Int) -> ServerStream? {
        slot < streams.count ? streams[slot] : nil
    }

    // MARK: Streams

    @discardableResult
    func open(_ slot: Int, endsStream: Bool, connect: ConnectProtocol) -> ServerStream? {
        while streams.count <= slot { streams.append(nil) }
        let stream = worker.takeStream()
        streams[slot] = stream
        worker.counters.http2Streams += 1
        stream.open(self, slot: slot, endsStream: endsStream, asksForTunnel: connect == .webSocket)
        if listener.portIndex < 0 { beginDrain() }
        return stream
    }

    func open(_ slot: Int, endsStream: Bool, text: HeadText) {
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
    func pump() {
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
}
