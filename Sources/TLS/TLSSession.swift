internal import CNIOBoringSSL

/// One TLS connection: turns encrypted bytes into plain ones and back. Does no I/O of its own.
package final class TLSSession {
    package enum End: UInt8, Sendable {
        /// Everything that has arrived is decrypted.
        case open
        /// The peer has said that it sends nothing more (close_notify).
        case closed
        /// The stream is damaged; nothing after the bytes returned can be trusted.
        case failed
    }

    let ssl: OpaquePointer
    /// Kept: the library reaches the loop's buffers through it.
    private let transit: TLSTransit
    /// Valid until the handshake is complete: the choice of a listener, or what to verify.
    private var context: AnyObject?
    /// Which listener the server name led to; nil on the client's side and before.
    package internal(set) var listener: TLSListenerChoice?
    package private(set) var isEstablished = false
    package private(set) var alpn = TLSProtocolName.none
    /// Why the handshake failed, without anything that the peer sent.
    package private(set) var failure: String?
    /// The peer has said that it sends nothing more, or the stream is damaged: nothing more will be read.
    package private(set) var hasEnded = false
    /// What verification found, when it failed.
    var verificationProblem: String?

    init(ssl: OpaquePointer, context: AnyObject, transit: TLSTransit) {
        self.ssl = ssl
        self.context = context
        self.transit = transit
        SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        BIO_up_ref(transit.bio)
        SSL_set0_rbio(ssl, transit.bio)
        BIO_up_ref(transit.bio)
        SSL_set0_wbio(ssl, transit.bio)
        SSL_set_shed_handshake_config(ssl, 1)
    }

    deinit {
        SSL_free(ssl)
    }

    /// The session that the library calls back for.
    static func of(_ ssl: OpaquePointer?) -> TLSSession? {
        guard let data = SSL_get_ex_data(ssl, 0) else { return nil }
        return Unmanaged<TLSSession>.fromOpaque(data).takeUnretainedValue()
    }

    /// Begins the handshake; only clients have something to say before they are spoken to.
    package func start(transit: TLSTransit, _ send: (UnsafeRawBufferPointer) -> Void) {
        transit.clearInput()
        _ = handshake()
        transit.takeOutput(send)
    }

    /// Takes the `count` bytes in `transit.received`: goes on with the handshake, then decrypts.
    ///
    /// - Parameters:
    ///   - room: how much may be written to `target`: at least `count + TLSTransit.largestRecord`.
    ///   - send: gets what the peer must be sent, an alert perhaps.
    /// - Returns: how many plain bytes stand in `target` now, and how the stream goes on. `isEstablished` tells whether the
    ///   handshake is complete; a failure is explained by `failure`.
    package func receive(
        _ count: Int, into target: UnsafeMutableRawPointer, room: Int, transit: TLSTransit,
        _ send: (UnsafeRawBufferPointer) -> Void
    ) -> (count: Int, end: End) {
        guard let received = transit.received.baseAddress else { return (0, .failed) }
        transit.setInput(received, count)
        defer { transit.clearInput() }
        if !isEstablished {
            let isComplete = handshake()
            transit.takeOutput(send)
            guard isComplete else { return (0, failure == nil ? .open : .failed) }
        }
        let result = read(into: target, count: room)
        if result.end != .open { hasEnded = true }
        transit.takeOutput(send)
        return result
    }

    /// Goes on with the handshake as far as the input leads.
    private func handshake() -> Bool {
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            isEstablished = true
            context = nil
            readALPN()
            return true
        }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: break
        default: failure = verificationProblem ?? TLSLibrary.takeError()
        }
        ERR_clear_error()
        return false
    }

    private func readALPN() {
        var name: UnsafePointer<UInt8>?
        var count: CUnsignedInt = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        alpn = TLSProtocolName(UnsafeBufferPointer(start: name, count: Int(count)))
    }

    /// Decrypts into `target` until the input is used up or `count` bytes are there.
    private func read(into target: UnsafeMutableRawPointer, count: Int) -> (count: Int, end: End) {
        var total = 0
        while total < count {
            let result = SSL_read(ssl, target + total, CInt(clamping: count - total))
            if result > 0 {
                total += Int(result)
                continue
            }
            switch SSL_get_error(ssl, result) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return (total, .open)
            case SSL_ERROR_ZERO_RETURN: return (total, .closed)
            default:
                ERR_clear_error()
                return (total, .failed)
            }
        }
        return (total, .open)
    }

    /// Encrypts `bytes` and hands the records to `send`, 64 KiB at a time.
    ///
    /// - Parameter closesBehind: nothing more will be sent (close_notify), which leaves together with the last record.
    package func write(
        _ bytes: UnsafeRawBufferPointer, transit: TLSTransit, closesBehind: Bool = false,
        _ send: (UnsafeRawBufferPointer) -> Void
    ) {
        guard var base = bytes.baseAddress else { return }
        var rest = bytes.count
        while rest > 0 {
            let round = min(rest, TLSTransit.plainBytesPerRound)
            guard SSL_write(ssl, base, CInt(round)) == CInt(round) else {
                // The output has room for all of it: the session is broken, and reading will tell.
                ERR_clear_error()
                return transit.takeOutput(send)
            }
            base += round
            rest -= round
            if rest == 0, closesBehind { _ = SSL_shutdown(ssl) }
            transit.takeOutput(send)
        }
    }

    /// Says that nothing more will be sent (close_notify).
    package func close(transit: TLSTransit, _ send: (UnsafeRawBufferPointer) -> Void) {
        guard isEstablished, SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN == 0 else { return }
        _ = SSL_shutdown(ssl)
        ERR_clear_error()
        transit.takeOutput(send)
    }

    // MARK: Facts

    /// `TLSv1.3` or `TLSv1.2`.
    package var versionName: String { String(cString: SSL_get_version(ssl)) }
    package var isResumed: Bool { SSL_session_reused(ssl) == 1 }
    /// The server name that the client sent; nil when it sent none.
    package var serverName: String? {
        guard let name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else { return nil }
        return String(cString: name).lowercased()
    }
}

/// Application protocols that Weir speaks over TLS (RFC 7301).
package enum TLSProtocolName: UInt8, Sendable {
    /// None was agreed on.
    case none
    case http1
    case http2
    /// RFC 8737: the connection exists to show a certificate and closes then.
    case acmeChallenge

    init(_ name: UnsafeBufferPointer<UInt8>) {
        if name.elementsEqual("h2".utf8) {
            self = .http2
        } else if name.elementsEqual("http/1.1".utf8) {
            self = .http1
        } else if name.elementsEqual("acme-tls/1".utf8) {
            self = .acmeChallenge
        } else {
            self = .none
        }
    }
}

/// The listener of a port that a client's server name leads to.
package enum TLSListenerChoice: Sendable, Hashable {
    /// Index into `PortConfiguration.listeners`: HTTPS.
    case https(Int)
    /// Index into `PortConfiguration.streams`: TLS, mode Terminate.
    case stream(Int)
    /// A challenge certificate was shown (RFC 8737).
    case acmeChallenge
}
