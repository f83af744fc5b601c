import CLinux
import Glibc
import TLS
import Telemetry
import Upstream

/// From the accepted connection to the first byte that is passed on.
extension StreamRelay {
    // MARK: The client's handshake

    /// Goes on with the client's handshake; connects to the backend when it is complete.
    func greet() {
        guard let client, let tls = client.tls else { return }
        while client.isReadable, phase == .greeting {
            let reception = client.receive()
            if tls.isEstablished {
                if case .bytes(let count) = reception {
                    early.append(UnsafeRawBufferPointer(start: worker.receive.area, count: count))
                }
                worker.counters.tlsHandshakes += 1
                if tls.isResumed { worker.counters.tlsHandshakesResumed += 1 }
                // The client has seen the certificate it came for (RFC 8737 section 3).
                if tls.alpn == .acmeChallenge { return close() }
                phase = .connecting
                // What is said about the backend may have changed while the client took its time: its policy above all.
                pool = worker.table.backends.first { $0.id == pool?.id }
                return connect(excluding: nil)
            }
            if tls.failure != nil { return greetingFailed() }
            if case .end = reception { return greetingFailed() }
        }
    }

    /// The client knows why, by an alert, or is gone.
    private func greetingFailed() {
        worker.counters.tlsHandshakesFailed += 1
        target.series.refuse(.handshakeFailed)
        close()
    }

    // MARK: Connecting

    /// Begins to connect to an endpoint of the backend; tries another one when that fails at once.
    func connect(excluding failed: EndpointPool?) {
        var failed = failed
        if failed != nil { pool = worker.table.backends.first { $0.id == pool?.id } }
        while let pool, attempts < min(3, pool.candidateCount),
            let endpoint = pool.pick(random: worker.random(), now: worker.loop.now, excluding: failed)
        {
            attempts += 1
            do {
                let descriptor = try EndpointSocket.connect(to: endpoint.address)
                let end = StreamEnd(relay: self, descriptor: descriptor)
                do {
                    try worker.loop.register(end, connection: true)
                } catch {
                    Glibc.close(descriptor)
                    throw error
                }
                server = end
                self.endpoint = endpoint
                endpoint.requestsInFlight += 1
                worker.counters.upstreamActive += 1
                phase = .connecting
                openingDeadline = worker.loop.now + worker.settings.connectTimeout
                return updateDeadline()
            } catch {
                endpoint.health.connectFailed(now: worker.loop.now)
                worker.counters.upstreamConnectFailures += 1
                failed = endpoint
            }
        }
        target.series.refuse(.connectFailed)
        reset()
    }

    private func connectFailed() {
        guard let endpoint else { return }
        endpoint.health.connectFailed(now: worker.loop.now)
        worker.counters.upstreamConnectFailures += 1
        leaveEndpoint()
        connect(excluding: endpoint)
    }

    /// The attempt to connect has come to an end.
    func connectionCompleted() {
        guard let server, let endpoint, let pool, weir_socket_error(server.descriptor) == 0 else {
            return connectFailed()
        }
        proxyHeader.withUnsafeBytes { server.put($0) }
        guard let security = isPassthrough ? nil : pool.streamSecurity else {
            endpoint.health.connectSucceeded()
            worker.counters.upstreamConnects += 1
            return begin()
        }
        // Without what TLS needs nothing is sent, least of all in plain text.
        guard let session = security.session(worker.transit) else { return connectFailed() }
        server.tls = session
        phase = .securing
        session.start(transit: worker.transit) { server.put($0) }
    }

    // MARK: The backend's handshake

    /// Goes on with the backend's handshake. Not one byte of the client leaves before the certificate has been verified.
    func secure() {
        guard let server, let client, let tls = server.tls else { return }
        while server.isReadable, phase == .securing {
            let reception = server.receive()
            if tls.isEstablished {
                endpoint?.health.connectSucceeded()
                worker.counters.upstreamConnects += 1
                if case .bytes(let count) = reception {
                    pass(UnsafeRawBufferPointer(start: worker.receive.area, count: count), to: client, from: server)
                }
                return begin()
            }
            if tls.failure != nil { return connectFailed() }
            if case .end = reception { return connectFailed() }
        }
    }

    func openingTookTooLong() {
        if phase == .greeting {
            target.series.refuse(.timeout)
            reset()
        } else {
            connectFailed()
        }
    }

    /// Closes the connection to the endpoint.
    func leaveEndpoint() {
        guard let server else { return }
        server.release()
        worker.loop.close(server)
        worker.counters.upstreamActive -= 1
        endpoint?.requestsInFlight -= 1
        endpoint = nil
        self.server = nil
    }
}
