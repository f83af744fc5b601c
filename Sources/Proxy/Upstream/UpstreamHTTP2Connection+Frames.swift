import Glibc
import HTTP2

/// What arrives, frame by frame.
extension UpstreamHTTP2Connection {
    /// Body bytes of one stream that gather in the receive area, so that neighbouring frames leave in one piece, together
    /// with the head in front of them and the trailers behind.
    private struct Gathered {
        /// -1 for none.
        var slot = -1
        var count = 0
    }

    /// Deals with all complete frames of `bytes`.
    /// - Returns: how many bytes they took.
    func takeFrames(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        var consumed = 0
        var gathered = Gathered()
        while isOpen {
            let event = http2.receive(bytes, consumed: &consumed, head: worker.http2Head, now: worker.loop.now)
            switch event {
            case .needMore:
                pass(&gathered)
                return consumed
            case .data(let slot, let offset, let count, let endsStream):
                let data = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
                takeData(slot, data, isLast: endsStream, &gathered)
            case .head(let slot, let text, let endsStream):
                pass(&gathered)
                stream(slot)?.take(head: self.text(text), isComplete: endsStream)
                // The head leaves with the body bytes that come next.
                if !endsStream, stream(slot)?.hasHead ?? false { gathered.slot = slot }
            case .interim(let slot, let text):
                pass(&gathered)
                stream(slot)?.take(head: self.text(text), isComplete: false)
            case .trailers(let slot, let text):
                if gathered.slot != slot || gathered.count == 0 { pass(&gathered) }
                let count = gathered.count
                gathered = Gathered()
                stream(slot)?.take(trailers: self.text(text), behind: count)
            case .streamWindowOpened(let slot):
                // The client is read now, into the same area.
                pass(&gathered)
                stream(slot)?.sendWaiting()
            case .windowOpened:
                pass(&gathered)
                sendWaiting()
            case .headTooLarge, .reset, .streamFailed, .goingAway, .connectionFailed:
                pass(&gathered)
                takeFailure(event)
            }
        }
        return bytes.count
    }

    private func stream(_ slot: Int) -> UpstreamStream? {
        streams.indices.contains(slot) ? streams[slot] : nil
    }

    private func text(_ text: HeadText) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: worker.http2Head + text.offset, count: text.count)
    }

    // MARK: Body

    private func takeData(_ slot: Int, _ data: UnsafeRawBufferPointer, isLast: Bool, _ gathered: inout Gathered) {
        if gathered.slot != slot || gathered.count + data.count > UpstreamStream.pieceBytes { pass(&gathered) }
        if gathered.count == 0, stream(slot)?.holdsBack ?? false {
            // A head that waits for body bytes does not wait for the client.
            pass(&gathered)
            stream(slot)?.hold(data, isLast: isLast)
            return
        }
        guard stream(slot) != nil else { return }
        if let base = data.baseAddress {
            (worker.receive.area + gathered.count).copyMemory(from: base, byteCount: data.count)
        }
        gathered.slot = slot
        gathered.count += data.count
        if isLast { pass(&gathered, isLast: true) }
    }

    private func pass(_ gathered: inout Gathered, isLast: Bool = false) {
        guard gathered.slot >= 0 else { return }
        let found = gathered
        gathered = Gathered()
        stream(found.slot)?.pass(found.count, isLast: isLast)
    }

    // MARK: Failures

    private func takeFailure(_ event: ConnectionEvent) {
        switch event {
        case .headTooLarge(let slot, _): stream(slot)?.fail(.headTooLarge)
        case .streamFailed(let slot, _): stream(slot)?.fail(.malformedResponse)
        case .reset(let slot, let code):
            guard let stream = stream(slot) else { return }
            if code == ErrorCode.refusedStream.rawValue, !stream.hasReceived {
                stream.wasNotProcessed()
            } else {
                stream.fail(.reset)
            }
        case .goingAway(let lastStream, _):
            for slot in streams.indices where http2.streamID(slot) > lastStream {
                if let stream = stream(slot), !stream.hasReceived { stream.wasNotProcessed() }
            }
            openWaiting()
        case .connectionFailed: lost(.malformedResponse)
        default: break
        }
    }
}
