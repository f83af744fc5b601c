import HTTP1
import HTTPSemantics

/// Takes responses apart and hands them to the request at hand.
extension UpstreamConnection {
    func process(_ count: Int, request first: BackendRequest) {
        var request = first
        var offset = 0
        while case .head = response {
            let area = UnsafeRawBufferPointer(start: worker.receive.area + offset, count: count - offset)
            let parse = parseResponseHead(
                area, requestMethod: request.method, scannedUpTo: &scanned, fields: worker.fields,
                limits: worker.settings.headLimits)
            switch parse {
            case .incomplete:
                guard area.count < worker.receive.areaCount else {
                    return request.upstreamFailed(.headTooLarge)
                }
                input.append(area)
                return
            case .invalid:
                return request.upstreamFailed(.malformedResponse)
            case .complete(let head):
                scanned = 0
                offset += Int(head.headLength)
                if head.isInterim {
                    request.sendInterim(head, base: worker.receive.area + offset - Int(head.headLength))
                } else if head.status == 101 {
                    guard request.awaitsSwitch, head.hasUpgrade else {
                        return request.upstreamFailed(.unaskedSwitch)
                    }
                    isPersistent = false
                    response = .tunnel
                    request.switchProtocols(head, base: worker.receive.area + offset - Int(head.headLength))
                } else {
                    begin(head)
                    if request.retries(head, isComplete: isComplete(head.framing, count - offset)) { return }
                    request.writeResponseHead(head, base: worker.receive.area + offset - Int(head.headLength))
                }
                // The client may be gone by now, and the connection with it; or another request has taken over.
                guard phase == .active, let current = self.request else { return }
                request = current
            }
        }
        deliver(offset: offset, count: count, request: request)
    }

    /// Whether a response with this framing ends with the `count` bytes that have arrived of its body.
    private func isComplete(_ framing: BodyFraming, _ count: Int) -> Bool {
        switch framing {
        case .none: count == 0
        case .contentLength(let length): length == UInt64(count)
        case .chunked, .untilClose: false
        }
    }

    private func begin(_ head: ResponseHead) {
        isPersistent = head.persistent
        switch head.framing {
        case .none: response = .complete
        case .contentLength(let length): response = length == 0 ? .complete : .length(length)
        case .chunked: response = .chunked(ChunkedDecoder())
        case .untilClose: response = .untilClose
        }
    }

    private func deliver(offset: Int, count: Int, request: BackendRequest) {
        let bytes = UnsafeMutableRawBufferPointer(start: worker.receive.area + offset, count: count - offset)
        switch response {
        case .head: break
        case .complete:
            finish(request, data: UnsafeMutableRawBufferPointer(rebasing: bytes[..<0]), extra: bytes.count)
        case .length(let remaining):
            if remaining > UInt64(bytes.count) {
                response = .length(remaining - UInt64(bytes.count))
                request.sendResponseBody(bytes)
            } else {
                let taken = Int(remaining)
                let data = UnsafeMutableRawBufferPointer(rebasing: bytes[..<taken])
                finish(request, data: data, extra: bytes.count - taken)
            }
        case .untilClose, .tunnel: request.sendResponseBody(bytes)
        case .chunked(var decoder):
            let result = decoder.decode(bytes, trailers: worker.trailers, limits: worker.settings.headLimits)
            let end = result.bodyOffset + result.bodyLength
            let data = UnsafeMutableRawBufferPointer(rebasing: bytes[result.bodyOffset..<end])
            switch result.state {
            case .needMore:
                response = .chunked(decoder)
                input.append(UnsafeRawBufferPointer(rebasing: bytes[result.consumed...]))
                request.sendResponseBody(data)
            case .complete:
                finish(
                    request, data: data, trailerBase: bytes.baseAddress, trailerCount: result.trailerCount,
                    extra: bytes.count - result.consumed)
            case .invalid: request.responseTruncated()
            }
        }
    }

    /// The last bytes of the response. `extra` bytes behind it belong to nothing: the connection is not used again.
    private func finish(
        _ request: BackendRequest, data: UnsafeMutableRawBufferPointer, trailerBase: UnsafeMutableRawPointer? = nil,
        trailerCount: Int = 0, extra: Int
    ) {
        response = .complete
        if extra > 0 { isPersistent = false }
        request.sendResponseEnd(data, trailerBase: trailerBase, trailerCount: trailerCount)
    }

    func endOfStream(isOrderly: Bool, request: BackendRequest) {
        switch response {
        case .untilClose where isOrderly, .tunnel where isOrderly:
            isPersistent = false
            finish(request, data: UnsafeMutableRawBufferPointer(start: worker.receive.area, count: 0), extra: 0)
        case .head:
            if !hasReceived, isReused {
                request.pooledConnectionWasStale()
            } else {
                request.upstreamFailed(.disconnected)
            }
        case .length, .chunked, .untilClose, .tunnel, .complete: request.responseTruncated()
        }
    }
}
