import HTTP1
import Routing
import Telemetry
import Upstream

/// `rules[].retry` (GEP-1731). A request is sent again from `replay`, where its head and the body so far are kept as
/// they went to the backend. A request that outgrows the buffer is not tried again.
extension Exchange {
    /// Keeps the request for further attempts if the rule wants any.
    func prepareRetries(_ extras: UnsafePointer<CompiledExtras>) {
        guard extras.pointee.retry.isPresent else { return }
        keepsReplay = true
        pool?.retryBudget?.allowance.noteRequest(now: worker.loop.now)
    }

    /// Adds what is being sent to `replay`, as long as it stays within bounds.
    func keepForReplay(_ bytes: UnsafeRawBufferPointer) {
        if replay.count + bytes.count > worker.settings.retryBufferBytes {
            keepsReplay = false
            replay.release()
        } else {
            replay.append(bytes)
        }
    }

    func retryInstead(of head: ResponseHead, isComplete: Bool) -> Bool {
        guard let extras, extras.pointee.retry.retries(status: head.status), hasAttemptLeft else { return false }
        if isComplete {
            failedEndpoint = upstream?.endpoint
            upstream?.release(requestIsComplete: requestIsSent)
            upstream = nil
        } else {
            giveUpAttempt()
        }
        return retry()
    }

    /// Lets go of the attempt at hand.
    func giveUpAttempt() {
        failedEndpoint = upstream?.endpoint ?? failedEndpoint
        upstream?.abandon()
        upstream = nil
    }

    private var hasAttemptLeft: Bool {
        guard let extras, extras.pointee.retry.isPresent, connection != nil else { return false }
        return keepsReplay && retriesUsed < extras.pointee.retry.attempts
    }

    /// Plans another attempt after one that failed before its response began.
    /// - Returns: false when the failure stands. True when there is nothing more to do for the caller: a retry was planned,
    ///   or the retry budget of the backend is used up and the client has got its 503.
    func retry() -> Bool {
        guard hasAttemptLeft, let extras else { return false }
        guard pool?.retryBudget?.allowance.takeRetry(now: worker.loop.now) ?? true else {
            worker.counters.retriesOverBudget += 1
            respond(status: 503, detail: "the retry budget of the backend is used up")
            return true
        }
        worker.counters.retries += 1
        retriesUsed += 1
        retryAt =
            worker.loop.now
            + Backoff.delay(base: extras.pointee.retry.backoff, retry: retriesUsed, random: worker.random())
        connection?.updateDeadline()
        return true
    }

    /// The pause is over.
    func beginRetry() {
        retryAt = 0
        startAttempt()
        guard let pool,
            let endpoint = sessionEndpoint(in: pool)
                ?? pool.pick(random: worker.random(), now: worker.loop.now, excluding: failedEndpoint)
        else { return respond(status: 503, detail: "the backend has no ready endpoint") }
        guard let connection = acquire(endpoint) else { return failUnreachable(connectFailure) }
        use(connection)
        connection.send(UnsafeRawBufferPointer(replay.bytes), UnsafeRawBufferPointer(start: nil, count: 0))
        if !connection.isBlocked { upstreamDrained() }
    }
}
