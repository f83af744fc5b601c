import HTTP1
import HTTP2
import HTTPSemantics

/// The request: HTTP/1.1 text becomes HEADERS, DATA, and HEADERS with trailers.
extension UpstreamStream {
    /// Fields of the request are read here: heads of the proxy's own writing may have more than a client's may.
    static let limits = HeadLimits(requestLineBytes: 1 << 20, headerSectionBytes: 1 << 20, fieldCount: 512)

    /// Opens the stream with `unsent`.
    /// - Returns: false when the connection takes no further stream now.
    func open() -> Bool {
        guard openStream(UnsafeRawBufferPointer(unsent.bytes)) else { return false }
        unsent.release()
        return true
    }

    /// - Parameter text: the whole head, and what is there of the body behind it.
    func openStream(_ text: UnsafeRawBufferPointer) -> Bool {
        var scanned = 0
        let parse = parseRequestHead(
            text, scannedUpTo: &scanned, fields: worker.writtenFields, limits: UpstreamStream.limits)
        // Anything else would be an error of this program.
        guard case .complete(let head) = parse else {
            connection.failLater(self, .cannotPassOn)
            return true
        }
        slot = connection.http2.openStream(
            UnsafeRawBufferPointer(rebasing: text[..<Int(head.headLength)]), isTLS: endpoint.policy.tls != nil,
            acceptsTrailers: true, endsStream: !head.framing.hasBody)
        guard slot >= 0 else { return false }
        connection.opened(self)
        phase = .open
        switch head.framing {
        case .none, .untilClose: self.text = .complete
        case .contentLength(let length): self.text = length > 0 ? .length(length) : .complete
        case .chunked: self.text = .chunked(ChunkedDecoder())
        }
        requestHasEnded = !head.framing.hasBody
        sendText(UnsafeRawBufferPointer(rebasing: text[Int(head.headLength)...]))
        return true
    }

    /// Takes more of the request's text, behind its head.
    func sendText(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        switch text {
        case .head, .complete: break
        case .length(let remaining):
            let count = min(bytes.count, Int(clamping: remaining))
            let isLast = UInt64(count) == remaining
            text = isLast ? .complete : .length(remaining - UInt64(count))
            sendBody(UnsafeRawBufferPointer(rebasing: bytes[..<count]), isLast: isLast)
        case .chunked(let decoder): sendChunks(bytes, decoder)
        }
    }

    /// Takes the chunks off, in a copy: the bytes may be wanted elsewhere, by a mirror or for another attempt.
    private func sendChunks(_ bytes: UnsafeRawBufferPointer, _ decoder: ChunkedDecoder) {
        var decoder = decoder
        var rest = bytes
        while !rest.isEmpty {
            let area = worker.scratch
            let kept = partialTrailers.count
            if let base = partialTrailers.bytes.baseAddress {
                area.baseAddress?.copyMemory(from: base, byteCount: kept)
            }
            partialTrailers.release()
            let count = min(rest.count, area.count - kept)
            guard count > 0, let base = area.baseAddress, let source = rest.baseAddress else {
                return connection.failLater(self, .cannotPassOn)
            }
            (base + kept).copyMemory(from: source, byteCount: count)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            let part = UnsafeMutableRawBufferPointer(rebasing: area[..<(kept + count)])
            let result = decoder.decode(part, trailers: worker.writtenFields, limits: UpstreamStream.limits)
            let data = UnsafeRawBufferPointer(
                rebasing: UnsafeRawBufferPointer(part)[result.bodyOffset..<(result.bodyOffset + result.bodyLength)])
            switch result.state {
            case .needMore:
                partialTrailers.append(
                    UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(part)[result.consumed...]))
                text = .chunked(decoder)
                sendBody(data, isLast: false)
            case .complete:
                text = .complete
                if result.trailerCount > 0 {
                    let start = Int(worker.writtenFields.lines[0].nameOffset)
                    trailers.append(
                        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(part)[start..<result.consumed]))
                }
                return sendBody(data, isLast: true)
            case .invalid: return connection.failLater(self, .cannotPassOn)
            }
        }
    }

    /// Sends body bytes as far as flow control and the connection allow, and keeps the rest.
    private func sendBody(_ bytes: UnsafeRawBufferPointer, isLast: Bool) {
        guard !requestHasEnded else { return }
        guard body.isEmpty, !connection.isCongested else {
            body.append(bytes)
            return
        }
        var sent = 0
        if !bytes.isEmpty || (isLast && trailers.isEmpty) {
            sent = connection.http2.sendData(slot, bytes, endsStream: isLast && trailers.isEmpty)
        }
        guard sent == bytes.count else {
            body.append(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
            return
        }
        if isLast { endRequest() }
    }

    /// The body has been sent.
    private func endRequest() {
        requestHasEnded = true
        guard !trailers.isEmpty else { return }
        connection.http2.sendTrailers(slot, UnsafeRawBufferPointer(trailers.bytes))
        trailers.release()
    }

    /// Goes on sending what waits, now that there may be room.
    func sendWaiting() {
        guard phase == .open, !connection.isCongested else { return }
        if !requestHasEnded {
            var isLast = false
            if case .complete = text { isLast = true }
            if !body.isEmpty {
                let sent = connection.http2.sendData(
                    slot, UnsafeRawBufferPointer(body.bytes), endsStream: isLast && trailers.isEmpty)
                body.consume(sent)
                guard body.isEmpty else { return }
                if isLast { endRequest() }
            } else if isLast {
                // What came last was empty, and had to wait behind the rest of the connection.
                if trailers.isEmpty {
                    _ = connection.http2.sendData(slot, UnsafeRawBufferPointer(start: nil, count: 0), endsStream: true)
                }
                endRequest()
            }
        }
        if !isBlocked { request?.upstreamDrained() }
    }
}
