import HTTP2
import Telemetry

/// What is not waited for for ever.
extension ServerStream {
    /// Does what is due, and says when to come back.
    func checkDeadlines(_ now: UInt64) -> UInt64 {
        let isTunnel = requestFraming == .tunnel
        let idle = isTunnel ? worker.settings.tunnelIdleTimeout : worker.settings.idleTimeout
        if phase == .body, now >= progressAt + idle {
            if exchange?.isUpstreamBlocked == true || hasSent {
                // It is not the client that makes everybody wait, or it is busy with a response that began early.
                progressAt = now
                hasSent = false
            } else if isTunnel {
                exchange?.tunnelIsIdle()
                return .max
            } else {
                worker.counters.requestsRefused += 1
                exchange?.clientFailed(status: 408, reason: "request body not complete in time")
                return .max
            }
        }
        if waitsForWindow, now >= progressAt + worker.settings.idleTimeout, connection?.isBlocked == false {
            worker.counters.streamsStalled += 1
            abandon(.cancel)
            return .max
        }
        if let exchange, now >= exchange.nextDeadline { exchange.deadlineReached() }
        guard connection != nil else { return .max }
        var next = exchange?.nextDeadline ?? .max
        if phase == .body { next = min(next, max(progressAt + idle, now + 1)) }
        if waitsForWindow { next = min(next, max(progressAt + worker.settings.idleTimeout, now + 1)) }
        return next
    }
}
