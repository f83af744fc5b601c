internal import CNIOBoringSSL
internal import CNIOBoringSSLShims
package import Routing

/// What the HTTPS listeners and terminating TLS listeners of one port need to greet clients: made anew whenever
/// certificates or listeners change, shared by all loops. Connections keep what they were greeted with.
package final class TLSServerContext: @unchecked Sendable {
    // `@unchecked Sendable`: never changed after `init`; the library locks what its contexts change.
    struct Listener {
        var choice: TLSListenerChoice
        var credentials: [TLSCredential]
        var options: TLSOptions
        /// HTTP is spoken inside: ALPN offers h2 and http/1.1.
        var isHTTP: Bool
        /// Sessions are resumed only under the rules they were made under: those of another listener, or of one that let
        /// other clients in, must not open this one.
        var sessionContext: [UInt8]
    }

    private let context: OpaquePointer
    private var exact: [String: Listener] = [:]
    /// By the name behind `*.`.
    private var wildcards: [String: Listener] = [:]
    private var fallback: Listener?
    private let clientAuthorities: X509Store?
    private let validation: ClientCertificateValidation?
    let ticketKeys: TLSTicketKeys
    /// Certificates for ACME servers by name (RFC 8737).
    private let challenges: [String: TLSCredential]

    /// - Parameters:
    ///   - port: its HTTPS listeners and TLS listeners with mode Terminate are served.
    ///   - credentials: what the certificates of the listeners were loaded as; those that could not be are missing.
    ///   - challenges: by server name.
    package init(
        port: PortConfiguration, credentials: [CertificateKeyPair: TLSCredential], ticketKeys: TLSTicketKeys,
        challenges: [String: TLSCredential] = [:]
    ) throws(TLSConfigurationError) {
        guard let context = SSL_CTX_new(TLS_method()) else { throw TLSConfigurationError("out of memory") }
        self.context = context
        self.ticketKeys = ticketKeys
        self.challenges = challenges
        validation = port.clientValidation
        do {
            clientAuthorities = try port.clientValidation.map { validation throws(TLSConfigurationError) in
                try X509Store(validation.authorities)
            }
        } catch {
            SSL_CTX_free(context)
            throw error
        }
        for (index, listener) in port.listeners.enumerated() {
            guard let tls = listener.tls else { continue }
            add(listener.hostname, .https(index), tls, credentials, Self.sessionContext(port, listener.hostname))
        }
        for (index, listener) in port.streams.enumerated() {
            guard case .terminate(let tls) = listener.mode else { continue }
            add(listener.hostname, .stream(index), tls, credentials, Self.sessionContext(port, listener.hostname))
        }
        configure()
    }

    deinit {
        SSL_CTX_free(context)
    }

    private func add(
        _ hostname: HostnamePattern, _ choice: TLSListenerChoice, _ tls: ListenerTLS,
        _ credentials: [CertificateKeyPair: TLSCredential], _ sessionContext: (Bool) -> [UInt8]
    ) {
        let loaded = tls.certificates.compactMap { credentials[$0] }
        let isHTTP = if case .https = choice { true } else { false }
        let listener = Listener(
            choice: choice, credentials: loaded, options: tls.options, isHTTP: isHTTP,
            sessionContext: sessionContext(isHTTP))
        switch hostname {
        case .exact(let name): exact[name.text] = listener
        case .wildcard(let name): wildcards[name.text] = listener
        case .any: fallback = listener
        }
    }

    /// Stands for everything that a client had to be for a session with the listener of this hostname.
    private static func sessionContext(_ port: PortConfiguration, _ hostname: HostnamePattern) -> (Bool) -> [UInt8] {
        { isHTTP in
            var digest = [UInt8](repeating: 0, count: 32)
            var text = "\(port.address ?? "") \(port.port) \(hostname) \(isHTTP) "
            if isHTTP, let validation = port.clientValidation {
                text += "\(validation.mode) "
                for authority in validation.authorities { text += String(decoding: authority, as: UTF8.self) }
            }
            let bytes = Array(text.utf8)
            SHA256(bytes, bytes.count, &digest)
            return digest
        }
    }

    private func configure() {
        SSL_CTX_set_min_proto_version(context, UInt16(TLS1_2_VERSION))
        SSL_CTX_set_max_proto_version(context, UInt16(TLS1_3_VERSION))
        _ = SSL_CTX_set_strict_cipher_list(context, TLSSettings.cipherSuites)
        _ = SSL_CTX_set1_group_ids(context, TLSSettings.groups, TLSSettings.groups.count)
        // Nothing is looked up by session id: tickets carry the state.
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF)
        SSL_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(self).toOpaque())
        SSL_CTX_set_select_certificate_cb(context, selectCertificate)
        SSL_CTX_set_alpn_select_cb(context, selectALPN, nil)
        SSL_CTX_set_tlsext_ticket_key_cb(context, sealTicket)
        guard let validation else { return }
        var mode = SSL_VERIFY_PEER
        if validation.mode == .allowValidOnly {
            mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT
            for authority in clientAuthorities?.authorities ?? [] { _ = SSL_CTX_add_client_CA(context, authority) }
        }
        SSL_CTX_set_custom_verify(context, mode, verifyClient)
    }

    /// A session for a client that has just connected.
    package func session(transit: TLSTransit) -> TLSSession? {
        guard let ssl = SSL_new(context) else { return nil }
        SSL_set_accept_state(ssl)
        return TLSSession(ssl: ssl, context: self, transit: transit)
    }

    // MARK: What the library asks

    static func of(_ ssl: OpaquePointer?) -> TLSServerContext? {
        guard let data = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0) else { return nil }
        return Unmanaged<TLSServerContext>.fromOpaque(data).takeUnretainedValue()
    }

    private func listener(for serverName: String?) -> Listener? {
        guard let serverName else { return fallback }
        if let found = exact[serverName] { return found }
        var rest = serverName[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            if let found = wildcards[String(rest)] { return found }
        }
        return fallback
    }

    /// Chooses the listener by the server name, and gives the session its certificates in order of preference.
    fileprivate func prepare(_ session: TLSSession, offersACME: Bool) -> Bool {
        let serverName = session.serverName
        if offersACME, let serverName, let challenge = challenges[serverName] {
            session.listener = .acmeChallenge
            SSL_set_options(session.ssl, UInt32(SSL_OP_NO_TICKET))
            SSL_set_verify(session.ssl, SSL_VERIFY_NONE, nil)
            return SSL_add1_credential(session.ssl, challenge.pointer) == 1
        }
        guard let listener = listener(for: serverName) else { return false }
        session.listener = listener.choice
        guard
            SSL_set_session_id_context(session.ssl, listener.sessionContext, listener.sessionContext.count) == 1
        else { return false }
        if listener.options.minimumVersion == .tls13 {
            SSL_set_min_proto_version(session.ssl, UInt16(TLS1_3_VERSION))
        }
        if !listener.options.cipherSuites.isEmpty {
            _ = SSL_set_strict_cipher_list(session.ssl, listener.options.cipherSuites.joined(separator: ":"))
        }
        // Client certificates are a matter of HTTPS listeners alone.
        if !listener.isHTTP { SSL_set_verify(session.ssl, SSL_VERIFY_NONE, nil) }
        for credential in Self.order(listener.credentials, for: serverName ?? "") {
            _ = SSL_add1_credential(session.ssl, credential.pointer)
        }
        return !listener.credentials.isEmpty
    }

    /// By name before by wildcard before the others; elliptic curves first within each; else as configured. The library
    /// takes the first that the client can verify.
    private static func order(_ credentials: [TLSCredential], for serverName: String) -> [TLSCredential] {
        guard credentials.count > 1 else { return credentials }
        let ranked = credentials.enumerated().map { index, credential in
            (2 * credential.rank(for: serverName) + (credential.isEllipticCurve ? 1 : 0), -index, credential)
        }
        return ranked.sorted { ($0.0, $0.1) > ($1.0, $1.1) }.map(\.2)
    }

    fileprivate func protocolName(for session: TLSSession, offered: UnsafeBufferPointer<UInt8>) -> StaticString? {
        switch session.listener {
        case .acmeChallenge: return "acme-tls/1"
        case .https: break
        case .stream, nil: return nil
        }
        if ALPNList.contains("h2", in: offered) { return "h2" }
        return ALPNList.contains("http/1.1", in: offered) ? "http/1.1" : nil
    }

    fileprivate func verify(_ ssl: OpaquePointer) -> Bool {
        if validation?.mode == .allowInsecureFallback { return true }
        guard let chain = SSL_get_peer_full_cert_chain(ssl), let clientAuthorities else { return false }
        let problem = clientAuthorities.problem(with: chain, purpose: "ssl_client")
        TLSSession.of(ssl)?.verificationProblem = problem.map { "client certificate: \($0)" }
        return problem == nil
    }
}

/// Settings that hold for every context.
enum TLSSettings {
    /// TLS 1.2: forward secrecy and authenticated encryption only (RFC 9113 appendix A refuses all others for HTTP/2).
    static let cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
    static let groups = [
        UInt16(SSL_GROUP_X25519_MLKEM768), UInt16(SSL_GROUP_X25519), UInt16(SSL_GROUP_SECP256R1),
        UInt16(SSL_GROUP_SECP384R1),
    ]
}

/// The list of names in an ALPN extension (RFC 7301 section 3.1): each with its length in front.
enum ALPNList {
    static func contains(_ name: StaticString, in list: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = 0
        while position < list.count {
            let length = Int(list[position])
            let end = position + 1 + length
            guard end <= list.count else { return false }
            let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            if name.elementsEqual(UnsafeBufferPointer(rebasing: list[position + 1..<end])) { return true }
            position = end
        }
        return false
    }
}

private let selectCertificate: @convention(c) (UnsafePointer<SSL_CLIENT_HELLO>?) -> ssl_select_cert_result_t = {
    hello in
    guard let hello, let context = TLSServerContext.of(hello.pointee.ssl),
        let session = TLSSession.of(hello.pointee.ssl)
    else { return ssl_select_cert_error }
    var data: UnsafePointer<UInt8>?
    var count = 0
    let hasALPN =
        SSL_early_callback_ctx_extension_get(
            hello, UInt16(TLSEXT_TYPE_application_layer_protocol_negotiation), &data, &count) == 1
    // The extension holds one list with a length of two bytes in front.
    let offersACME =
        hasALPN && count > 2
        && ALPNList.contains("acme-tls/1", in: UnsafeBufferPointer(start: data.map { $0 + 2 }, count: count - 2))
    return context.prepare(session, offersACME: offersACME) ? ssl_select_cert_success : ssl_select_cert_error
}

private let selectALPN:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
        UnsafePointer<UInt8>?, CUnsignedInt, UnsafeMutableRawPointer?
    ) -> CInt = { ssl, chosen, chosenCount, offered, offeredCount, _ in
        guard let context = TLSServerContext.of(ssl), let session = TLSSession.of(ssl),
            let name = context.protocolName(
                for: session, offered: UnsafeBufferPointer(start: offered, count: Int(offeredCount)))
        else { return SSL_TLSEXT_ERR_NOACK }
        chosen?.pointee = name.utf8Start
        chosenCount?.pointee = UInt8(name.utf8CodeUnitCount)
        return SSL_TLSEXT_ERR_OK
    }

private let verifyClient: @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt8>?) -> ssl_verify_result_t = {
    ssl, alert in
    guard let ssl, let context = TLSServerContext.of(ssl), context.verify(ssl) else {
        alert?.pointee = UInt8(SSL_AD_BAD_CERTIFICATE)
        return ssl_verify_invalid
    }
    return ssl_verify_ok
}

/// RFC 5077 section 4: AES-128-CBC and HMAC-SHA256.
private let sealTicket:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?,
        UnsafeMutablePointer<EVP_CIPHER_CTX>?, UnsafeMutablePointer<HMAC_CTX>?, CInt
    ) -> CInt = { ssl, name, iv, cipher, hmac, isSealing in
        guard let context = TLSServerContext.of(ssl), let name, let iv else { return -1 }
        if isSealing == 1 {
            let key = context.ticketKeys.current()
            RAND_bytes(iv, 16)
            for (index, byte) in key.name.enumerated() { name[index] = byte }
            guard EVP_EncryptInit_ex(cipher, EVP_aes_128_cbc(), nil, key.cipher, iv) == 1,
                HMAC_Init_ex(hmac, key.hmac, key.hmac.count, EVP_sha256(), nil) == 1
            else { return -1 }
            return 1
        }
        guard let (key, isOld) = context.ticketKeys.key(named: UnsafeBufferPointer(start: name, count: 16)) else {
            return 0
        }
        guard EVP_DecryptInit_ex(cipher, EVP_aes_128_cbc(), nil, key.cipher, iv) == 1,
            HMAC_Init_ex(hmac, key.hmac, key.hmac.count, EVP_sha256(), nil) == 1
        else { return -1 }
        return isOld ? 2 : 1
    }
