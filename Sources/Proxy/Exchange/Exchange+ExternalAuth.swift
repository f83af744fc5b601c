import HTTP1
import HTTPSemantics
import Routing
import Telemetry

/// The `externalAuth` filter: nothing goes on before the authorization server has said 200.
extension Exchange {
    /// True while the client's body is collected for the authorization server.
    var collectsBody: Bool { authorization?.collectsBody ?? false }

    /// Asks; `held` is what is sent when the answer is yes. The client's body waits, or is collected.
    func authorize(
        _ policy: UnsafePointer<CompiledExternalAuth>, then continuation: AuthorizationRequest.Continuation,
        held: UnsafeRawBufferPointer, head: RequestHead, view: RequestView, bodyOffset: Int, count: Int
    ) {
        guard let table, let client = connection else { return }
        let limit = policy.pointee.maximumBodySize
        if limit > 0, case .contentLength(let length) = head.framing, length > UInt64(limit) {
            return respond(
                status: 413, detail: "the body is too large for the authorization server", bodyOffset: bodyOffset,
                count: count)
        }
        let question = AuthorizationRequest(
            policy, then: continuation, exchange: self, table: table, framing: head.framing)
        authorization = question
        question.hold(held)
        question.write(head, view: view)
        guard question.collectsBody else {
            client.keepBody(offset: bodyOffset, count: count)
            return question.ask()
        }
        if head.expectContinue { client.send(LocalResponse.continueLine) }
        if bodyOffset < count { client.processBody(at: bodyOffset, count: count) }
    }

    /// The authorization server said no: its answer is the client's.
    func takeRefusal(from upstream: BackendConnection) {
        authorization = nil
        self.upstream = upstream
        upstream.handOver(to: self)
        worker.counters.authorizationsRefused += 1
        isRefused = true
        // The question was complete, whatever is still to come from the client.
        requestIsSent = true
    }

    func sendHeldAnswer(_ response: UnsafeRawBufferPointer, status: UInt16) {
        guard let connection else { return }
        connection.send(response, closesBehind: connection.closeAfterResponse)
        end(status: status)?.responseFinished()
    }

    /// - Parameter isWhole: the body, if there is one, stands behind the head; otherwise it follows from the client.
    func sendHeldRequest(_ bytes: UnsafeRawBufferPointer, to chosen: EndpointPool, isWhole: Bool) {
        // Another one when the backend has changed meanwhile.
        let pool = pool
        guard
            let endpoint = pool?.endpoints.contains(where: { $0 === chosen }) == true
                ? chosen : pool?.pick(random: worker.random(), now: worker.loop.now)
        else { return respond(status: 503, detail: "the backend has no ready endpoint") }
        guard launch(bytes, to: endpoint, hasBody: !isWhole) else {
            return respond(status: connectFailure.status, detail: connectFailure.detail)
        }
        upstream?.send(bytes, UnsafeRawBufferPointer(start: nil, count: 0))
        if !isWhole, !keepsReplay { replay.clear() }
        if !isWhole, !isUpstreamBlocked { upstreamDrained() }
    }
}
