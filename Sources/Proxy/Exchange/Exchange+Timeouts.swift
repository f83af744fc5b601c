import HTTPSemantics
import Routing
import Telemetry

/// `rules[].timeouts` (GEP-1742). The request's own deadline is kept on the client's connection, that of an attempt on
/// the backend's.
extension Exchange {
    /// Starts the clock for the request.
    func startTimeouts(_ extras: UnsafePointer<CompiledExtras>) {
        guard extras.pointee.requestTimeout != 0 else { return }
        let deadline = worker.loop.now + extras.pointee.requestTimeout
        // A call may have asked for less (`grpc-timeout`).
        requestDeadline = requestDeadline == 0 ? deadline : min(requestDeadline, deadline)
        connection?.updateDeadline()
    }

    /// Starts the clock for an attempt.
    func startAttempt() {
        connectionAttempts = 0
        guard let extras, extras.pointee.backendRequestTimeout != 0 else { return }
        attemptDeadline = worker.loop.now + extras.pointee.backendRequestTimeout
    }

    /// When the exchange wants to be called; `.max` for never.
    var nextDeadline: UInt64 {
        min(requestDeadline == 0 ? .max : requestDeadline, retryAt == 0 ? .max : retryAt)
    }

    /// The client's connection says that `nextDeadline` has passed, or nearly.
    func deadlineReached() {
        let now = worker.loop.now
        if requestDeadline != 0, now >= requestDeadline { return requestTimedOut() }
        if retryAt != 0, now >= retryAt { beginRetry() }
    }

    private func requestTimedOut() {
        worker.counters.requestsTimedOut += 1
        upstream?.abandon()
        upstream = nil
        retryAt = 0
        requestDeadline = 0
        timedOut(detail: "the request was not answered in time")
    }

    func endAttempt() {
        worker.counters.attemptsTimedOut += 1
        giveUpAttempt()
        if status == 0, retry() { return }
        timedOut(detail: "the backend did not answer in time")
    }

    private func timedOut(detail: StaticString) {
        guard status == 0 else {
            if rpc != .none, finishRPC(.deadlineExceeded, detail: detail) { return }
            return cutShort()
        }
        respond(status: 504, detail: detail)
    }
}
