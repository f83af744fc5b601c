import HTTP1
import HTTPSemantics
import Routing
import Telemetry

/// Room for a whole absolute-form target without a path.
private let rootPath: StaticString = "/"

extension ServerConnection {
    /// A request head has been parsed: finds the rule and does what it says. The head and `count - headLength` bytes
    /// behind it stand in the receive area.
    func start(_ head: RequestHead, count: Int) {
        var head = head
        let base = worker.receive.area
        closeAfterResponse = !head.persistent || worker.isDraining || listener.portIndex < 0
        guard head.method != .connect else {
            worker.counters.requestsRefused += 1
            return refuse(status: 501, reason: "CONNECT is not served on this listener")
        }
        guard let path = normalizedPath(&head, base: base),
            let authority = HostNormalization.normalize(
                UnsafeRawBufferPointer(start: base + Int(head.authorityOffset), count: Int(head.authorityLength)),
                into: worker.hostBuffer)
        else {
            worker.counters.requestsRefused += 1
            return refuse(status: 400, reason: "malformed request target or Host")
        }
        let view = RequestView(
            method: head.method, path: path,
            query: UnsafeRawBufferPointer(start: base + Int(head.queryOffset), count: Int(head.queryLength)),
            host: UnsafeRawBufferPointer(start: worker.hostBuffer.baseAddress, count: authority.hostLength),
            base: base, fields: worker.fields.prefix(Int(head.fieldCount)))
        let table = worker.table
        guard listener.portIndex >= 0 else { return refuse(status: 404, reason: "no longer served") }
        if !worker.challenges.isEmpty, answersChallenge(head, view) { return }
        let preflight = head.method == .options ? CORSPreflight(view) : nil
        let outcome =
            preflight.map { table.matcher.match(port: listener.portIndex, preflight: $0, request: view) }
            ?? table.matcher.match(port: listener.portIndex, request: view)

        if isMisdirected(outcome, table) {
            worker.counters.requestsRefused += 1
            return refuse(status: 421, reason: "the connection was opened for another listener")
        }
        let exchange = worker.takeExchange()
        self.exchange = exchange
        exchange.begin(
            connection: self, table: table, outcome: outcome, method: head.method, minorVersion: head.minorVersion)
        receiveBody(of: head)
        if let preflight, let policy = outcome.rule?.pointee.extras?.pointee.filters.cors {
            return exchange.answer(preflight, policy, bodyOffset: Int(head.headLength), count: count)
        }
        exchange.dispatch(head: head, view: view, bodyOffset: Int(head.headLength), count: count)
        if phase == .body { expectBody() }
    }

    private func normalizedPath(_ head: inout RequestHead, base: UnsafeMutableRawPointer) -> UnsafeRawBufferPointer? {
        if head.pathLength == 0 {
            return UnsafeRawBufferPointer(start: rootPath.utf8Start, count: 1)
        }
        let path = UnsafeMutableRawBufferPointer(start: base + Int(head.pathOffset), count: Int(head.pathLength))
        guard let length = PathNormalization.normalize(path) else { return nil }
        head.pathLength = UInt32(length)
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(path)[..<length])
    }

    private func receiveBody(of head: RequestHead) {
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
    func skipBody(offset: Int, count: Int) {
        let bytes = UnsafeMutableRawBufferPointer(start: worker.receive.area + offset, count: count - offset)
        switch requestBody {
        case .complete: saveRest(bytes, from: 0)
        case .length(let remaining) where remaining <= UInt64(bytes.count):
            phase = .responding
            requestBody = .complete
            saveRest(bytes, from: Int(remaining))
        case .length: break
        case .chunked(var decoder):
            let result = decoder.decode(bytes, trailers: worker.trailers, limits: worker.settings.headLimits)
            guard result.state == .complete else { return }
            phase = .responding
            requestBody = .complete
            saveRest(bytes, from: result.consumed)
        }
    }

    /// Keeps what arrived behind a head until the body, or the next request, is wanted.
    func keepBody(offset: Int, count: Int) {
        saveRest(
            UnsafeMutableRawBufferPointer(start: worker.receive.area + offset, count: count - offset), from: 0)
    }

    /// Answers a request that never reached routing, and closes.
    func refuse(status: UInt16, reason: StaticString) {
        var writer = HeadWriter(worker.headBuffer)
        LocalResponse.write(status: status, detail: reason, closes: true, isHead: false, worker: worker, to: &writer)
        send(writer.written)
        worker.loop.clearDeadline(self)
        if phase != .closed { closeAfterFlush(unread: true) }
    }
}
