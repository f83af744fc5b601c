import HTTP1
import HTTP2

/// The body on its way from the client to the exchange.
extension ServerStream {
    /// Takes the payload of a DATA frame, which stands in the receive area behind a frame header.
    func take(_ bytes: UnsafeMutableRawBufferPointer, ends: Bool) {
        progressAt = worker.loop.now
        if ends { inputEnds = true }
        guard let exchange else {
            // Answered already: nobody wants it.
            connection?.credit(slot, bytes.count)
            return
        }
        // Nobody has agreed to a tunnel as long as its request counts as answered by its head.
        let waits = asksForTunnel && requestFraming != .tunnel
        guard input.isEmpty, !waits, !exchange.isUpstreamBlocked else {
            return input.append(UnsafeRawBufferPointer(bytes))
        }
        connection?.credit(slot, bytes.count)
        // The framing of a chunk goes around it. In front is the frame's header, behind it the next frame.
        let behind = bytes.baseAddress.map { $0 + bytes.count }
        let saved = behind?.loadUnaligned(as: UInt64.self)
        deliver(bytes, isLast: ends)
        if let behind, let saved { behind.storeBytes(of: saved, as: UInt64.self) }
    }

    /// Takes trailer fields: lines, with room for more in front of them.
    func takeTrailers(_ text: UnsafeMutableRawBufferPointer) {
        progressAt = worker.loop.now
        inputEnds = true
        guard exchange != nil else { return }
        inputTrailers.append("0\r\n")
        inputTrailers.append(UnsafeRawBufferPointer(text))
        deliverInput()
    }

    /// Hands over what waits, as far as the exchange takes it.
    func deliverInput() {
        guard !isDelivering else { return }
        while phase == .body, let exchange, !exchange.isUpstreamBlocked {
            let count = min(input.count, 16 * 1024)
            guard count > 0 || inputEnds else { return }
            let isLast = inputEnds && count == input.count
            // Room for the framing of a chunk on both sides.
            withUnsafeTemporaryAllocation(byteCount: count + 64, alignment: 16) { buffer in
                let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[32..<(32 + count)])
                piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(input.bytes)[..<count]))
                input.consume(count)
                connection?.credit(slot, count)
                deliver(piece, isLast: isLast)
            }
        }
    }

    private func deliver(_ bytes: UnsafeMutableRawBufferPointer, isLast: Bool) {
        guard let exchange else { return }
        isDelivering = true
        defer { isDelivering = false }
        if isLast { phase = .responding }
        switch requestFraming {
        case .tunnel:
            if !bytes.isEmpty { exchange.sendTunnel(UnsafeRawBufferPointer(bytes)) }
            if isLast { exchange.tunnelInputEnded() }
        case .length: exchange.sendRequestBody(UnsafeRawBufferPointer(bytes))
        case .chunked:
            guard isLast, !inputTrailers.isEmpty else {
                return exchange.sendRequestChunk(bytes, isLast: isLast, trailerBase: nil, trailerCount: 0)
            }
            var trailers = ByteQueue()
            swap(&trailers, &inputTrailers)
            // The same rules about trailer fields as for HTTP/1.1.
            var decoder = ChunkedDecoder()
            let text = trailers.bytes
            let result = decoder.decode(text, trailers: worker.trailers, limits: worker.settings.headLimits)
            exchange.sendRequestChunk(
                bytes, isLast: true, trailerBase: text.baseAddress,
                trailerCount: result.state == .complete ? result.trailerCount : 0)
        }
    }
}
