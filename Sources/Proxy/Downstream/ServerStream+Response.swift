import HTTP1
import HTTP2
import HTTPSemantics

/// The response on its way from the exchange to the frames of the connection.
extension ServerStream {
    /// Sends a whole response, or an interim one, given as text.
    func sendText(_ bytes: UnsafeRawBufferPointer) {
        guard let connection, let base = bytes.baseAddress, bytes.count > 12 else { return }
        let isInterim = base.load(fromByteOffset: 9, as: UInt8.self) == UInt8(ascii: "1")
        let headEnd = isInterim ? bytes.count : Self.endOfHead(bytes)
        let head = UnsafeRawBufferPointer(rebasing: bytes[..<headEnd])
        if isInterim {
            connection.http2.sendResponseHead(slot, head, endsStream: false)
            return connection.outputWritten()
        }
        passFrames(
            head: head, data: UnsafeRawBufferPointer(rebasing: bytes[headEnd...]), isLast: true, trailerBase: nil,
            trailerCount: 0)
    }

    private static func endOfHead(_ text: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        while offset + 3 < text.count {
            if text[offset] == 0x0D, text[offset + 2] == 0x0D, text[offset + 3] == 0x0A { return offset + 4 }
            offset += 1
        }
        return text.count
    }

    func passFrames(
        head: UnsafeRawBufferPointer, data: UnsafeRawBufferPointer, isLast: Bool, trailerBase: UnsafeMutableRawPointer?,
        trailerCount: Int
    ) {
        guard let connection, !discardsResponse else { return }
        if asksForTunnel, requestFraming != .tunnel, !head.isEmpty, Self.isSuccess(head) {
            return refuseTunnel(connection)
        }
        hasSent = true
        if isLast, let trailerBase { keepTrailers(trailerBase, trailerCount) }
        let endsBehindData = isLast && outputTrailers.isEmpty
        var ended = false
        if !head.isEmpty {
            ended = endsBehindData && data.isEmpty
            connection.http2.sendResponseHead(slot, head, endsStream: ended)
        }
        if isLast { outputEnds = !ended }
        var sent = 0
        if output.isEmpty, !connection.isBlocked, !data.isEmpty || endsBehindData && !ended {
            sent =
                connection.prefersDirectly(data.count)
                ? connection.sendDirectly(slot, data, endsStream: endsBehindData)
                : connection.http2.sendData(slot, data, endsStream: endsBehindData)
            if endsBehindData, sent == data.count { outputEnds = false }
        }
        if sent < data.count {
            if output.isEmpty { progressAt = worker.loop.now }
            output.append(UnsafeRawBufferPointer(rebasing: data[sent...]))
            connection.noteDeadline(progressAt + worker.settings.idleTimeout)
        } else if isLast, output.isEmpty, !outputTrailers.isEmpty {
            sendTrailers(connection)
        }
        connection.outputWritten()
    }

    /// Whether a head says 2xx.
    private static func isSuccess(_ head: UnsafeRawBufferPointer) -> Bool {
        head.count > 9 && head[9] == UInt8(ascii: "2")
    }

    /// The backend answered the request as if it had not asked for another protocol. To this client its 200 would mean the
    /// opposite.
    private func refuseTunnel(_ connection: HTTP2ServerConnection) {
        discardsResponse = true
        let text: StaticString = "HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\n\r\n"
        connection.http2.sendResponseHead(
            slot, UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), endsStream: true)
        connection.outputWritten()
    }

    private func keepTrailers(_ base: UnsafeMutableRawPointer, _ count: Int) {
        for line in worker.trailers.prefix(count) where !line.isHopByHop {
            outputTrailers.append(
                UnsafeRawBufferPointer(start: base + Int(line.nameOffset), count: Int(line.nameLength)))
            outputTrailers.append(": ")
            outputTrailers.append(
                UnsafeRawBufferPointer(start: base + Int(line.valueOffset), count: Int(line.valueLength)))
            outputTrailers.append("\r\n")
        }
        if !outputTrailers.isEmpty { outputTrailers.append("\r\n") }
    }

    private func sendTrailers(_ connection: HTTP2ServerConnection) {
        connection.http2.sendTrailers(slot, UnsafeRawBufferPointer(outputTrailers.bytes))
        outputTrailers.release()
        outputEnds = false
    }

    var waitsForWindow: Bool { !output.isEmpty || outputEnds }

    /// Sends at most `limit` bytes of what waits. Afterwards the stream may be over.
    /// - Returns: whether anything was sent.
    func pump(limit: Int) -> Bool {
        guard let connection, waitsForWindow, !connection.isBlocked else { return false }
        let count = min(limit, output.count)
        let isLast = count == output.count && outputEnds && outputTrailers.isEmpty
        var sent = 0
        if count > 0 || isLast {
            let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output.bytes)[..<count])
            let capacity = connection.http2.sendCapacity(slot)
            guard capacity > 0 || count == 0 else { return false }
            sent = connection.http2.sendData(slot, bytes, endsStream: isLast)
            if sent > 0 { output.consume(sent) }
            if isLast, sent == count { outputEnds = false }
        }
        progressAt = worker.loop.now
        hasSent = true
        if output.isEmpty {
            if outputEnds, !outputTrailers.isEmpty { sendTrailers(connection) }
            if isAnswered, !waitsForWindow {
                finish(.noError)
            } else if exchange != nil {
                connection.hasDrainedStreams = true
            }
        }
        return true
    }

    /// The client takes more, or a tunnel has begun: the backend may be read again, and the client too.
    func drained() {
        if requestFraming == .tunnel { deliverInput() }
        guard needsDrain, output.isEmpty, let exchange, connection?.isBlocked == false else { return }
        needsDrain = false
        exchange.downstreamDrained()
    }
}
