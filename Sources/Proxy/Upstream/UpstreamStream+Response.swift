import Glibc
import HTTP1
import HTTP2
import HTTPSemantics

/// The response: heads come as HTTP/1.1 text, body bytes as they are.
extension UpstreamStream {
    /// Body bytes go to the client in pieces of at most this size.
    static let pieceBytes = 64 * 1024

    /// A response head, interim or final, which stands at `text`.
    /// - Parameter isComplete: no body follows.
    func take(head text: UnsafeMutableRawBufferPointer, isComplete: Bool) {
        hasReceived = true
        guard let request, let base = text.baseAddress else { return }
        var scanned = 0
        let parse = parseResponseHead(
            UnsafeRawBufferPointer(text), requestMethod: request.method, scannedUpTo: &scanned, fields: worker.fields,
            limits: worker.settings.headLimits)
        guard case .complete(let head) = parse else { return request.upstreamFailed(.malformedResponse) }
        if head.isInterim { return request.sendInterim(head, base: base) }
        if request.retries(head, isComplete: isComplete) { return }
        hasHead = true
        responseHasEnded = isComplete
        request.writeResponseHead(head, base: base)
        // Another request may have taken over.
        if isComplete, let request = self.request {
            request.sendResponseEnd(emptyPiece, trailerBase: nil, trailerCount: 0)
        }
    }

    /// True when body bytes must wait here.
    var holdsBack: Bool { !received.isEmpty || request?.isDownstreamBlocked ?? true }

    /// Keeps body bytes for later.
    func hold(_ bytes: UnsafeRawBufferPointer, isLast: Bool) {
        received.append(bytes)
        responseHasEnded = isLast
    }

    /// Hands on `count` body bytes of the receive area.
    func pass(_ count: Int, isLast: Bool) {
        guard let request else { return }
        responseHasEnded = isLast
        connection.http2.credit(slot, count)
        let piece = UnsafeMutableRawBufferPointer(start: worker.receive.area, count: count)
        if isLast {
            request.sendResponseEnd(piece, trailerBase: nil, trailerCount: 0)
        } else {
            request.sendResponseBody(piece)
        }
    }

    /// The response ends with these trailer fields, lines with an empty one behind them; `text` has room in front. The last
    /// `count` body bytes stand in the receive area.
    func take(trailers text: UnsafeMutableRawBufferPointer, behind count: Int) {
        guard let request, let lines = text.baseAddress else { return }
        responseHasEnded = true
        // The one reader of trailer sections expects the last chunk in front of them.
        let lastChunk: StaticString = "0\r\n"
        let start = lines - lastChunk.utf8CodeUnitCount
        start.copyMemory(from: lastChunk.utf8Start, byteCount: lastChunk.utf8CodeUnitCount)
        let section = UnsafeMutableRawBufferPointer(start: start, count: text.count + lastChunk.utf8CodeUnitCount)
        guard !holdsBack else { return receivedTrailers.append(UnsafeRawBufferPointer(section)) }
        if count > 0 { connection.http2.credit(slot, count) }
        end(request, UnsafeMutableRawBufferPointer(start: worker.receive.area, count: count), section)
    }

    private func end(
        _ request: BackendRequest, _ data: UnsafeMutableRawBufferPointer, _ section: UnsafeMutableRawBufferPointer
    ) {
        var decoder = ChunkedDecoder()
        let result = decoder.decode(section, trailers: worker.trailers, limits: worker.settings.headLimits)
        // Trailers that are too many or too large are left out.
        let count = result.state == .complete ? result.trailerCount : 0
        request.sendResponseEnd(data, trailerBase: section.baseAddress, trailerCount: count)
    }

    /// Hands on what waited, as much as the client takes.
    func deliverReceived(_ request: BackendRequest) {
        while !request.isDownstreamBlocked {
            let count = min(received.count, Self.pieceBytes)
            if let base = received.bytes.baseAddress { worker.receive.area.copyMemory(from: base, byteCount: count) }
            received.consume(count)
            let isLast = responseHasEnded && received.isEmpty
            guard count > 0 || isLast else { return }
            connection.http2.credit(slot, count)
            let piece = UnsafeMutableRawBufferPointer(start: worker.receive.area, count: count)
            guard isLast else {
                request.sendResponseBody(piece)
                guard self.request === request, phase == .open else { return }
                continue
            }
            guard receivedTrailers.isEmpty else {
                var section = ByteQueue()
                swap(&section, &receivedTrailers)
                return end(request, piece, section.bytes)
            }
            return request.sendResponseEnd(piece, trailerBase: nil, trailerCount: 0)
        }
    }

    var emptyPiece: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: worker.receive.area, count: 0)
    }
}
