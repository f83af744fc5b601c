import HTTP1
import Telemetry

extension ServerConnection {
    func beginBody(of head: RequestHead) {
        switch head.framing {
        case .contentLength(let length) where length > 0:
            requestBody = .length(length)
            phase = .body
        case .chunked:
            requestBody = .chunked(ChunkedDecoder())
            phase = .body
        case .none, .contentLength, .untilClose:
            requestBody = .complete
            phase = .responding
        }
    }

    /// Takes the part of a body that arrived with its head when the request is answered without a backend. Whatever is
    /// still to come then is not worth waiting for: the connection closes behind the answer.
    func dropBody(offset: Int, count: Int) {
        let bytes = UnsafeMutableRawBufferPointer(start: worker.receive.area + offset, count: count - offset)
        switch requestBody {
        case .complete: saveRest(bytes, from: 0)
        case .length(let remaining) where remaining <= UInt64(bytes.count):
            phase = .responding
            requestBody = .complete
            saveRest(bytes, from: Int(remaining))
        case .length, .tunnel: break
        case .chunked(var decoder):
            let result = decoder.decode(bytes, trailers: worker.trailers, limits: worker.settings.headLimits)
            guard result.state == .complete else { return }
            phase = .responding
            requestBody = .complete
            saveRest(bytes, from: result.consumed)
        }
    }

    /// Keeps what arrived behind a head until the body, or the next request, is wanted.
    func saveBody(offset: Int, count: Int) {
        saveRest(
            UnsafeMutableRawBufferPointer(start: worker.receive.area + offset, count: count - offset), from: 0)
    }

    /// Answers a request that never reached routing, and closes.
    func refuseAndClose(status: UInt16, reason: StaticString) {
        var writer = HeadWriter(worker.headBuffer)
        LocalResponse.write(status: status, detail: reason, closes: true, isHead: false, worker: worker, to: &writer)
        send(writer.written, closesBehind: false)
        worker.loop.clearDeadline(self)
        if phase != .closed { closeAfterFlush(unread: true) }
    }
}
