import Telemetry

/// What a connection with a request in progress does not wait for for ever: a client that has sent its FIN, a body that does
/// not come, and what the exchange asks for.
extension ServerConnection {
    /// A FIN is all that is seen of a client that hangs up, and of one that only says that no more requests will come
    /// (RFC 9112 section 9.6). The latter is believed as long as there is something to send to it every second; then the
    /// request is given up, so that the backend can stop working on it.
    func clientClosedWhileResponding() {
        guard halfCloseCheck == 0 else { return }
        expectSendingAfterHalfClose()
        updateDeadline()
    }

    func expectSendingAfterHalfClose() {
        hasSent = false
        halfCloseCheck = worker.loop.now + worker.settings.halfCloseGrace
    }

    /// The body is still arriving: not for ever.
    func awaitBody() {
        hasSent = false
        bodyProgressAt = worker.loop.now
        updateDeadline()
    }

    private var bodyDeadline: UInt64 {
        guard phase == .body else { return .max }
        if case .tunnel = requestBody { return bodyProgressAt + worker.settings.tunnelIdleTimeout }
        return bodyProgressAt + worker.settings.idleTimeout
    }

    /// Sets the deadline while a request is in progress: for a client that has sent its FIN or that is to send its body,
    /// or for the exchange.
    func setNextDeadline() {
        let next = min(
            halfCloseCheck == 0 ? .max : halfCloseCheck, exchange?.nextDeadline ?? .max, bodyDeadline)
        if next == .max {
            worker.loop.clearDeadline(self)
        } else {
            worker.loop.setDeadline(self, at: next)
        }
    }

    func waitIsOver() {
        if halfCloseCheck != 0, worker.loop.now >= halfCloseCheck {
            guard hasSent || !output.isEmpty else { return abort() }
            expectSendingAfterHalfClose()
        }
        if worker.loop.now >= bodyDeadline {
            guard exchange?.isUpstreamBlocked == true || hasSent else {
                if case .tunnel = requestBody {
                    exchange?.tunnelIsIdle()
                    return
                }
                worker.counters.requestsRefused += 1
                exchange?.clientFailed(status: 408, reason: "request body not complete in time")
                return
            }
            // It is not the client that makes everybody wait, or it is busy with a response that began early.
            bodyProgressAt = worker.loop.now
            hasSent = false
        }
        exchange?.deadlineReached()
        // The exchange may be over by now. The wheel may also have been early by a part of a tick.
        if phase == .body || phase == .responding { updateDeadline() }
    }
}
