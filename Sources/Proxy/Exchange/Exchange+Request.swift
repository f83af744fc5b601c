import HTTP1
import HTTPSemantics
import Routing
import Telemetry
import Upstream

extension Exchange {
    /// Does what the rule says. The head and the bytes behind it stand in the receive area; `view` points into it.
    func dispatch(head: RequestHead, view: RequestView, bodyOffset: Int, count: Int) {
        if rpc != .none { beginRPC(view) }
        guard let rule else {
            return respond(status: 404, detail: "no route matches", bodyOffset: bodyOffset, count: count)
        }
        if let extras {
            startTimeouts(extras)
            if let policy = extras.pointee.filters.cors { cors.begin(policy, view: view) }
        }
        switch rule.pointee.action {
        case .respond:
            respond(
                status: rule.pointee.status, detail: "the route has no usable backend", bodyOffset: bodyOffset,
                count: count)
        case .redirect:
            redirect(rule, head: head, view: view, bodyOffset: bodyOffset, count: count)
        case .forward:
            forward(rule, head: head, view: view, bodyOffset: bodyOffset, count: count)
        }
    }

    private func forward(
        _ rule: UnsafePointer<CompiledRule>, head: RequestHead, view: RequestView, bodyOffset: Int, count: Int
    ) {
        var preferred: EndpointPool?
        if let extras, extras.pointee.sessions.count > 0 { preferred = resumeSession(rule, extras, view: view) }
        let chosen = preferred == nil ? rule.pointee.pickBackend(random: worker.random()) : backend
        backend = chosen
        if let extras, let chosen, preferred == nil, chosen.pointee.session >= 0 {
            session.begin(extras.pointee.sessions[Int(chosen.pointee.session)], view: view)
        }
        guard let pool, let chosen else {
            return respond(
                status: 500, detail: "the backend reference is not valid", bodyOffset: bodyOffset, count: count)
        }
        guard let endpoint = preferred ?? pool.pick(random: worker.random(), now: worker.loop.now) else {
            return respond(
                status: 503, detail: "the backend has no ready endpoint", bodyOffset: bodyOffset, count: count)
        }
        if Self.asksForWebSocket(head, view: view, endpoint: endpoint) { upgrade = .asked }
        var writer = HeadWriter(worker.headBuffer)
        writeRequestHead(head, view: view, rule: rule, backend: chosen, to: &writer)
        guard writer.isComplete else {
            return respond(status: 431, detail: "request head too large", bodyOffset: bodyOffset, count: count)
        }
        if let extras, let policy = extras.pointee.filters.externalAuth {
            return authorize(
                policy, then: .forward(endpoint), held: writer.written, head: head, view: view,
                bodyOffset: bodyOffset, count: count)
        }
        guard launch(writer.written, to: endpoint, hasBody: head.framing.hasBody) else {
            return respond(
                status: connectFailure.status, detail: connectFailure.detail, bodyOffset: bodyOffset, count: count)
        }
        guard let client = self.connection, let upstream else { return }
        guard head.framing.hasBody else {
            client.skipBody(offset: bodyOffset, count: count)
            return upstream.send(writer.written, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        // Head and body bytes that arrived together leave together.
        pendingHead = writer.written.count
        if bodyOffset < count { client.processBody(at: bodyOffset, count: count) }
        // A malformed body has ended the exchange by now.
        guard self.upstream === upstream else { return }
        if pendingHead > 0 { sendUpstream(UnsafeRawBufferPointer(start: nil, count: 0)) }
        // A stream of an open connection takes body bytes only after the head that opens it, and says nothing when it does.
        if self.upstream === upstream, !upstream.isBlocked { client.processInput() }
        guard self.upstream === upstream else { return }
        // Only a request that is here completely can be sent again, unless the rule asks for retries.
        if !requestIsSent, !keepsReplay { replay.clear() }
    }

    /// Finds a connection for a request with this head, and prepares everything for sending it. The caller sends.
    /// - Returns: false when no endpoint can be reached.
    func launch(_ head: UnsafeRawBufferPointer, to endpoint: EndpointPool, hasBody: Bool) -> Bool {
        startAttempt()
        guard let connection = acquire(endpoint) else { return false }
        requestIsSent = !hasBody
        use(connection)
        if let extras {
            prepareRetries(extras)
            // A copy of a WebSocket would have no conversation.
            if extras.pointee.filters.mirrors.count > 0, upgrade == .none {
                startMirrors(extras, head: head, hasBody: hasBody)
            }
        }
        if connection.mayBeRefused { keepsReplay = true }
        if keepsReplay {
            keepForReplay(head)
        } else if connection.isReused, method.isIdempotent {
            replay.append(head)
        }
        return true
    }

    // MARK: Body

    /// Body bytes of a request with Content-Length.
    func sendRequestBody(_ bytes: UnsafeRawBufferPointer) {
        noteProgress()
        if let authorization { return authorization.collect(bytes) }
        if rpc == .webText { return sendWebText(bytes, isLast: requestIsSent) }
        sendUpstream(bytes)
        if requestIsSent, !mirrors.isEmpty { finishMirrors() }
    }

    /// Data bytes of a chunked request, which stand in the receive area and leave as one chunk.
    func sendRequestChunk(
        _ data: UnsafeMutableRawBufferPointer, isLast: Bool, trailerBase: UnsafeMutableRawPointer?, trailerCount: Int
    ) {
        noteProgress()
        if let authorization { return authorization.collect(UnsafeRawBufferPointer(data)) }
        if rpc == .webText { return sendWebText(UnsafeRawBufferPointer(data), isLast: isLast) }
        // A backend that merges trailers into the head would take them for what the authorization server says.
        let trailerCount = extras?.pointee.filters.externalAuth == nil ? trailerCount : 0
        ChunkWriter.withChunk(
            data, isLast: isLast, trailers: worker.trailers.prefix(trailerCount), trailerBase: trailerBase,
            emptyAt: worker.receive.area
        ) { chunk in
            sendUpstream(chunk)
        }
        // With trailers the last chunk leaves in two sends.
        if requestIsSent, !mirrors.isEmpty { finishMirrors() }
    }

    /// What a chunk of base64 stands for; see `Exchange+GRPCWeb`.
    func sendDecodedChunk(_ data: UnsafeMutableRawBufferPointer, isLast: Bool) {
        ChunkWriter.withChunk(
            data, isLast: isLast, trailers: UnsafeBufferPointer(start: nil, count: 0), trailerBase: nil,
            emptyAt: worker.receive.area
        ) { chunk in
            sendUpstream(chunk)
        }
        if requestIsSent, !mirrors.isEmpty { finishMirrors() }
    }

    private func sendUpstream(_ bytes: UnsafeRawBufferPointer) {
        if keepsReplay {
            keepForReplay(bytes)
        } else if !replay.isEmpty {
            replay.append(bytes)
        }
        let head = UnsafeRawBufferPointer(rebasing: worker.headBuffer[..<pendingHead])
        pendingHead = 0
        upstream?.send(head, bytes)
        if !mirrors.isEmpty { mirrorBody(bytes) }
    }

    private func noteProgress() {
        if connection?.phase == .responding { requestIsSent = true }
    }
}
