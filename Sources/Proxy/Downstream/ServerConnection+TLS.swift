import CLinux
import Glibc
import TLS
import Telemetry

/// Encrypted connections. Everything but receiving and sending is the same as without TLS.
extension ServerConnection {
    /// The client is to shake hands first.
    /// - Returns: false when the port has no usable certificates.
    func startTLS(_ port: ServedPort) -> Bool {
        guard let session = port.tls?.session(transit: worker.transit) else { return false }
        tls = session
        listenerKeys = port.listenerKeys
        return true
    }

    /// Receives and decrypts into the receive area from `offset` on: the same results as `recv`. EAGAIN when nothing plain
    /// has come, and then `isReadable` is up to date.
    func receiveSecure(_ tls: TLSSession, at offset: Int) -> Int {
        guard !tls.hasEnded else { return 0 }
        let room = worker.receive.areaCount - offset
        let target = worker.receive.area + offset
        let limit = min(worker.transit.received.count, room - TLSTransit.largestRecord)
        while true {
            let received = weir_recv(descriptor, worker.transit.received.baseAddress, limit)
            guard received > 0 else { return received }
            let isShort = received < limit && !peerClosed
            let wasEstablished = tls.isEstablished
            let plain = tls.receive(received, into: target, room: room, transit: worker.transit) { sendRaw($0) }
            if !wasEstablished, tls.isEstablished { established(tls) }
            guard plain.end != .failed else {
                if !wasEstablished { worker.counters.tlsHandshakesFailed += 1 }
                return 0
            }
            if isShort, !tls.hasEnded { isReadable = false }
            if plain.count > 0 { return plain.count }
            if tls.hasEnded { return 0 }
            guard isReadable else {
                errno = EAGAIN
                return -1
            }
        }
    }

    private func established(_ tls: TLSSession) {
        worker.counters.tlsHandshakes += 1
        if tls.isResumed { worker.counters.tlsHandshakesResumed += 1 }
        if case .https(let index) = tls.listener, listenerKeys.indices.contains(index) {
            listenerKey = listenerKeys[index]
        }
        listenerKeys = []
    }

    /// Encrypts and sends.
    func sendSecure(_ tls: TLSSession, _ bytes: UnsafeRawBufferPointer, closesBehind: Bool) {
        tls.write(bytes, transit: worker.transit, closesBehind: closesBehind) {
            sendRaw($0, closesBehind: closesBehind)
        }
    }

    /// Tells the client that nothing more will come.
    func sendCloseNotify() {
        guard let tls, output.isEmpty else { return }
        tls.close(transit: worker.transit) { sendRaw($0) }
    }
}
