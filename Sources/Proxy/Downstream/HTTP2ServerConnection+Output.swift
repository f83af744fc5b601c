import CLinux
import Glibc
import HTTP2
import TLS

/// Frames on their way to the socket, in plain text or through TLS.
extension HTTP2ServerConnection {
    /// Frames wait: they leave at the end of this turn, or now if there are many.
    func outputWritten() {
        guard phase != .closed, !isBlocked else { return }
        if http2.output.count >= Self.sendAtOnce { send() }
        guard !isFlushPlanned else { return }
        isFlushPlanned = true
        worker.loop.callAtEndOfTurn(self)
    }

    /// Sends what the socket takes.
    func send() {
        if tls != nil {
            guard encryptAndSend() else { return }
        } else {
            while !http2.output.isEmpty {
                let waiting = http2.output.bytes
                guard let base = waiting.baseAddress else { break }
                let sent = weir_send(descriptor, base, waiting.count)
                guard sent >= 0 else { return sendFailed() }
                http2.output.consume(sent)
            }
        }
        isBlocked = false
    }

    /// Whether so many body bytes are better sent from where they are than copied behind what waits.
    func prefersDirectly(_ count: Int) -> Bool {
        count >= 8192 && tls == nil && !isBlocked && phase == .open
    }

    /// Sends what waits and body bytes behind it in one call, without copying them: as many as the windows allow.
    /// - Returns: how many of the bytes are gone, or kept if the socket did not take them.
    func sendDirectly(_ slot: Int, _ bytes: UnsafeRawBufferPointer, endsStream: Bool) -> Int {
        let most = Int(WEIR_PIECES)
        var taken = 0
        withUnsafeTemporaryAllocation(of: weir_piece.self, capacity: most) { pieces in
            withUnsafeTemporaryAllocation(byteCount: most * 16, alignment: 16) { headers in
                guard let base = bytes.baseAddress, let header = headers.baseAddress else { return }
                let waiting = http2.output.bytes
                pieces[0] = weir_piece(bytes: waiting.baseAddress, count: waiting.count)
                var count = 1
                while taken < bytes.count, count + 2 <= most {
                    let target = header + count * 8
                    let amount = http2.beginData(
                        slot, count: bytes.count - taken, endsStream: endsStream, header: target)
                    guard amount >= 0 else { break }
                    pieces[count] = weir_piece(bytes: target, count: FrameHeader.byteCount)
                    pieces[count + 1] = weir_piece(bytes: base + taken, count: amount)
                    count += 2
                    taken += amount
                }
                guard taken > 0 else { return }
                sendPieces(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(pieces)[..<count]))
            }
        }
        return taken
    }

    /// Sends pieces, the first of which is what waits already, and keeps what the socket does not take.
    private func sendPieces(_ pieces: UnsafeBufferPointer<weir_piece>) {
        let result = weir_sendv(descriptor, pieces.baseAddress, pieces.count)
        let error = errno
        var sent = max(0, result)
        for index in pieces.indices {
            let gone = min(sent, pieces[index].count)
            sent -= gone
            if index == 0 {
                if gone > 0 { http2.output.consume(gone) }
            } else if gone < pieces[index].count {
                http2.output.append(
                    UnsafeRawBufferPointer(start: pieces[index].bytes + gone, count: pieces[index].count - gone))
            }
        }
        // What is left is sent at the end of the turn, when the socket may say that it takes no more.
        errno = error
        if result < 0 { sendFailed() }
    }

    private func sendFailed() {
        isBlocked = true
        guard errno != EAGAIN, errno != EINTR else {
            unacknowledged = -1
            return noteDeadline(worker.loop.now + worker.settings.idleTimeout)
        }
        // The client does not read any more. Reported through the loop, because a sender further up the stack is not ready
        // to see the connection go.
        http2.output.release()
        encrypted.release()
        isBlocked = false
        peerClosed = true
        isReadable = true
        worker.loop.continueLater(self)
    }

    /// - Returns: whether everything has left.
    private func encryptAndSend() -> Bool {
        guard let tls else { return true }
        while true {
            while !encrypted.isEmpty {
                let waiting = encrypted.bytes
                guard let base = waiting.baseAddress else { break }
                let sent = weir_send(descriptor, base, waiting.count)
                guard sent >= 0 else {
                    sendFailed()
                    return false
                }
                encrypted.consume(sent)
            }
            let plain = http2.output.bytes
            guard plain.count > 0 else { return true }
            let round = min(plain.count, 64 * 1024)
            tls.write(UnsafeRawBufferPointer(rebasing: plain[..<round]), transit: worker.transit) { sendEncrypted($0) }
            http2.output.consume(round)
        }
    }

    /// Sends records, or keeps them.
    func sendEncrypted(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        var sent = 0
        if encrypted.isEmpty { sent = max(0, weir_send(descriptor, base, bytes.count)) }
        if sent < bytes.count { encrypted.append(UnsafeRawBufferPointer(rebasing: bytes[sent...])) }
    }

    func flush() {
        let wasBlocked = isBlocked
        send()
        guard !isBlocked, phase != .closed else { return }
        if phase == .closing { return finishClosing() }
        guard phase == .open else { return }
        if wasBlocked {
            hasDrainedStreams = true
            pump()
        }
        if !isProcessing {
            afterProcessing()
            if wasBlocked, isReadable { processInput() }
        }
    }
}
