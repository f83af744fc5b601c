import HTTP1
import Telemetry

extension ServerConnection {
    /// Hands request body bytes of the receive area to the exchange, from `offset` on.
    func takeBody(at offset: Int, count: Int) {
        guard let exchange else { return }
        let bytes = UnsafeMutableRawBufferPointer(start: worker.receive.area + offset, count: count - offset)
        switch requestBody {
        case .complete: break
        case .tunnel: exchange.sendTunnel(UnsafeRawBufferPointer(bytes))
        case .length(let remaining):
            let taken = Int(min(remaining, UInt64(bytes.count)))
            requestBody = remaining == UInt64(taken) ? .complete : .length(remaining - UInt64(taken))
            if case .complete = requestBody { phase = .responding }
            saveRest(bytes, from: taken)
            exchange.sendRequestBody(UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
        case .chunked(var decoder):
            let result = decoder.decode(bytes, trailers: worker.trailers, limits: worker.settings.headLimits)
            takeChunks(result, decoder: decoder, bytes: bytes, exchange: exchange)
        }
    }

    private func takeChunks(
        _ result: ChunkedResult, decoder: ChunkedDecoder, bytes: UnsafeMutableRawBufferPointer, exchange: Exchange
    ) {
        let data = UnsafeMutableRawBufferPointer(
            rebasing: bytes[result.bodyOffset..<result.bodyOffset + result.bodyLength])
        switch result.state {
        case .needMore:
            requestBody = .chunked(decoder)
            save(UnsafeRawBufferPointer(rebasing: bytes[result.consumed...]), partial: true)
            exchange.sendRequestChunk(data, isLast: false, trailerBase: bytes.baseAddress, trailerCount: 0)
        case .complete:
            requestBody = .complete
            phase = .responding
            saveRest(bytes, from: result.consumed)
            exchange.sendRequestChunk(
                data, isLast: true, trailerBase: bytes.baseAddress, trailerCount: result.trailerCount)
        case .invalid(let error):
            worker.counters.requestsRefused += 1
            exchange.clientFailed(status: UInt16(error.status), reason: error.reason)
        }
    }

    /// Bytes behind the request at hand belong to the next one.
    func saveRest(_ bytes: UnsafeMutableRawBufferPointer, from offset: Int) {
        guard offset < bytes.count else { return }
        save(UnsafeRawBufferPointer(rebasing: bytes[offset...]), partial: false)
    }
}
