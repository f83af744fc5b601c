import HTTP1
import HTTPSemantics
import Routing
import Telemetry
import Upstream

extension Exchange {
    /// Does what the rule says. The head and the bytes behind it stand in the receive area; `view` points into it.
    func dispatch(head: RequestHead, view: RequestView, bodyOffset: Int, count: Int) {
        guard let rule else {
            return respond(status: 404, detail: "no route matches", bodyOffset: bodyOffset, count: count)
        }
        switch rule.pointee.action {
        case .respond:
            respond(
                status: rule.pointee.status, detail: "the route has no usable backend", bodyOffset: bodyOffset,
                count: count)
        case .redirect:
            redirect(rule, view: view, bodyOffset: bodyOffset, count: count)
        case .forward:
            forward(rule, head: head, view: view, bodyOffset: bodyOffset, count: count)
        }
    }

    private func forward(
        _ rule: UnsafePointer<CompiledRule>, head: RequestHead, view: RequestView, bodyOffset: Int, count: Int
    ) {
        let chosen = rule.pointee.pickBackend(random: worker.random())
        backend = chosen
        guard let pool else {
            return respond(
                status: 500, detail: "the backend reference is not valid", bodyOffset: bodyOffset, count: count)
        }
        guard let endpoint = pool.pick(random: worker.random(), now: worker.loop.now) else {
            return respond(
                status: 503, detail: "the backend has no ready endpoint", bodyOffset: bodyOffset, count: count)
        }
        var writer = HeadWriter(worker.headBuffer)
        writeRequestHead(head, view: view, rule: rule, backend: chosen, to: &writer)
        guard writer.isComplete else {
            return respond(status: 431, detail: "request head too large", bodyOffset: bodyOffset, count: count)
        }
        guard let connection = acquire(endpoint) else {
            return respond(status: 503, detail: "the backend cannot be reached", bodyOffset: bodyOffset, count: count)
        }
        upstream = connection
        connection.take(self)
        guard let client = self.connection else { return }
        guard head.framing.hasBody else {
            requestIsSent = true
            client.skipBody(offset: bodyOffset, count: count)
            if connection.isReused, method.isIdempotent { replay.append(writer.written) }
            return connection.send(writer.written, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        // Head and body bytes that arrived together leave together.
        pendingHead = writer.written.count
        if connection.isReused, method.isIdempotent { replay.append(writer.written) }
        if bodyOffset < count { client.processBody(at: bodyOffset, count: count) }
        // A malformed body has ended the exchange by now.
        guard upstream === connection else { return }
        if pendingHead > 0 { sendUpstream(UnsafeRawBufferPointer(start: nil, count: 0)) }
        // Only a request that is here completely can be sent again.
        if !requestIsSent { replay.clear() }
    }

    /// A connection to `endpoint`, pooled or new; when connecting fails at once (no route, no descriptor), to another
    /// endpoint. At most three are tried for one request; nil when none is left.
    func acquire(_ endpoint: EndpointPool) -> UpstreamConnection? {
        var endpoint = endpoint
        while true {
            attempts += 1
            if let connection = endpoint.takeIdle() ?? connect(endpoint) { return connection }
            guard let next = nextEndpoint(after: endpoint) else { return nil }
            endpoint = next
        }
    }

    /// Another endpoint after `failed` could not be reached; nil when enough were tried.
    func nextEndpoint(after failed: EndpointPool) -> EndpointPool? {
        guard let pool, attempts < min(3, pool.candidateCount) else { return nil }
        return pool.pick(random: worker.random(), now: worker.loop.now, excluding: failed)
    }

    func connect(_ endpoint: EndpointPool) -> UpstreamConnection? {
        do {
            return try UpstreamConnection.connect(to: endpoint, worker: worker)
        } catch {
            endpoint.health.connectFailed(now: worker.loop.now)
            worker.counters.upstreamConnectFailures += 1
            return nil
        }
    }

    // MARK: Body

    /// Body bytes of a request with Content-Length.
    func sendRequestBody(_ bytes: UnsafeRawBufferPointer) {
        noteProgress()
        sendUpstream(bytes)
    }

    /// Data bytes of a chunked request, which stand in the receive area and leave as one chunk.
    func sendRequestChunk(
        _ data: UnsafeMutableRawBufferPointer, isLast: Bool, trailerBase: UnsafeMutableRawPointer?, trailerCount: Int
    ) {
        noteProgress()
        ChunkWriter.withChunk(
            data, isLast: isLast, trailers: worker.trailers.prefix(trailerCount), trailerBase: trailerBase,
            emptyAt: worker.receive.area
        ) { chunk in
            sendUpstream(chunk)
        }
    }

    private func sendUpstream(_ bytes: UnsafeRawBufferPointer) {
        if !replay.isEmpty { replay.append(bytes) }
        let head = UnsafeRawBufferPointer(rebasing: worker.headBuffer[..<pendingHead])
        pendingHead = 0
        upstream?.send(head, bytes)
    }

    private func noteProgress() {
        if connection?.phase == .responding { requestIsSent = true }
    }
}
