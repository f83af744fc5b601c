import CLinux
import HTTP2
import Telemetry

/// What is not waited for for ever. The connection has one deadline: the earliest of its own and of its streams.
extension HTTP2ServerConnection {
    /// Something is to be looked at by `time`.
    func noteDeadline(_ time: UInt64) {
        guard time < deadline, phase != .closed else { return }
        deadline = time
        worker.loop.setDeadline(self, at: time)
    }

    func noteHeaderBlock() {
        if !http2.isInsideHeaderBlock {
            headerSince = 0
        } else if headerSince == 0 {
            headerSince = worker.loop.now
            noteDeadline(headerSince + worker.settings.headerTimeout)
        }
    }

    /// What is due now; sets the next deadline.
    func checkDeadlines() {
        deadline = .max
        let now = worker.loop.now
        switch phase {
        case .closed: return
        case .lingering: return close()
        case .closing: return isBlocked && takesSomething() ? expect(now + worker.settings.idleTimeout) : close()
        case .open: break
        }
        if isBlocked, !takesSomething() { return abort() }
        if headerSince != 0, now >= headerSince + worker.settings.headerTimeout {
            worker.counters.requestsRefused += 1
            return giveUp(.enhanceYourCalm)
        }
        var next = isBlocked ? now + worker.settings.idleTimeout : .max
        if headerSince != 0 { next = min(next, headerSince + worker.settings.headerTimeout) }
        for slot in streams.indices {
            guard let stream = stream(slot) else { continue }
            next = min(next, stream.checkDeadlines(now))
            guard phase == .open else { return }
        }
        if now >= drainUntil {
            drainUntil = .max
            http2.finishGoingAway()
            outputWritten()
        }
        next = min(next, drainUntil)
        if http2.streamCount == 0 {
            let limit = http2.hasPeerSettings ? worker.settings.idleTimeout : worker.settings.headerTimeout
            if now >= restingSince + limit, !isBlocked { return giveUp(.noError) }
            next = min(next, max(restingSince + limit, now + 1))
        }
        afterProcessing()
        if next != .max { expect(next) }
    }

    private func expect(_ time: UInt64) {
        deadline = min(deadline, time)
        worker.loop.setDeadline(self, at: deadline)
    }

    /// Slow is not idle: whether the client has taken something of what the kernel holds since this was last asked.
    private func takesSomething() -> Bool {
        let waiting = weir_unacknowledged(descriptor)
        defer { unacknowledged = waiting }
        return waiting != unacknowledged
    }
}
