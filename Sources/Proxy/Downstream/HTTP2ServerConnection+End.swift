import CLinux
import Glibc
import HTTP2
import TLS
import Telemetry

/// Draining, errors, and closing.
extension HTTP2ServerConnection {
    /// Lets streams finish, takes no more after those that are on their way.
    func beginDrain() {
        guard phase == .open, !http2.isGoingAway else { return }
        http2.beginGoingAway()
        drainUntil = worker.loop.now + 1_000_000_000
        noteDeadline(drainUntil)
        outputWritten()
    }

    /// The client broke the rules, or made too much work. GOAWAY has been written.
    func failed() {
        switch http2.verdict {
        case .controlFlood: worker.counters.controlFloods += 1
        case .resetFlood: worker.counters.resetFloods += 1
        case .fine: worker.counters.http2Errors += 1
        }
        abandonStreams()
        closeAfterFlush()
    }

    func giveUp(_ code: ErrorCode) {
        http2.close(code)
        abandonStreams()
        closeAfterFlush()
    }

    private func abandonStreams() {
        for slot in streams.indices { stream(slot)?.abandon(.cancel) }
    }

    func closeAfterFlush() {
        guard phase == .open else { return }
        phase = .closing
        noteDeadline(worker.loop.now + worker.settings.idleTimeout)
        if !isBlocked, !isFlushPlanned {
            isFlushPlanned = true
            worker.loop.callAtEndOfTurn(self)
        }
    }

    func finishClosing() {
        if let tls { tls.close(transit: worker.transit) { sendEncrypted($0) } }
        shutdown(descriptor, Int32(SHUT_WR))
        guard !peerClosed else { return close() }
        phase = .lingering
        input.release()
        deadline = .max
        noteDeadline(worker.loop.now + worker.settings.lingerTimeout)
        isReadable = true
        processInput()
    }

    func discard() {
        while isReadable, phase == .lingering {
            let received = weir_recv(descriptor, worker.receive.area, worker.receive.areaCount)
            if received < 0, errno == EAGAIN || errno == EINTR {
                isReadable = errno == EINTR
                continue
            }
            discarded += max(0, received)
            if received <= 0 || discarded > worker.settings.lingerBytes { close() }
        }
    }

    /// Ends the connection and all requests on it.
    func abort() {
        guard phase != .closed else { return }
        close()
        for slot in streams.indices { stream(slot)?.abandon(.cancel) }
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        input.release()
        encrypted.release()
        http2.output.release()
        worker.counters.http2Connections -= 1
        worker.loop.close(self)
        worker.connectionClosed()
    }
}
