internal import CNIOBoringSSL
internal import CNIOBoringSSLShims
package import Routing

/// How connections to one backend are secured: made once for a `BackendTLS`, shared by all loops. A session is complete
/// only when the backend's certificate has been verified.
package final class TLSClientContext: @unchecked Sendable {
    // `@unchecked Sendable`: never changed after `init`; the library locks what its contexts change.
    private let context: OpaquePointer
    private let configuration: BackendTLS
    private let authorities: X509Store

    /// The machine's roots, loaded when first asked for.
    package struct SystemRoots: Sendable {
        let store: X509Store

        /// - Parameter bundle: PEM, the distribution's bundle.
        package init(bundle: [UInt8]) throws(TLSConfigurationError) {
            store = try X509Store([bundle], separatesNamesakes: false)
        }
    }

    /// - Parameters:
    ///   - speaksHTTP2: `h2` is asked for, else `http/1.1`; nil for what is no HTTP.
    ///   - systemRoots: for `trust == .system`.
    package init(
        _ configuration: BackendTLS, speaksHTTP2: Bool?, systemRoots: SystemRoots?
    ) throws(TLSConfigurationError) {
        self.configuration = configuration
        switch configuration.trust {
        case .authorities(let bundles): authorities = try X509Store(bundles)
        case .system:
            guard let systemRoots else { throw TLSConfigurationError("the machine has no bundle of CA certificates") }
            authorities = systemRoots.store
        }
        let credential = try configuration.clientCertificate.map { pair throws(TLSConfigurationError) in
            try TLSCredential(pair)
        }
        guard let context = SSL_CTX_new(TLS_method()) else { throw TLSConfigurationError("out of memory") }
        self.context = context
        SSL_CTX_set_min_proto_version(
            context, UInt16(configuration.options.minimumVersion == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION))
        SSL_CTX_set_max_proto_version(context, UInt16(TLS1_3_VERSION))
        let suites = configuration.options.cipherSuites.joined(separator: ":")
        _ = SSL_CTX_set_strict_cipher_list(context, suites.isEmpty ? TLSSettings.cipherSuites : suites)
        _ = SSL_CTX_set1_group_ids(context, TLSSettings.groups, TLSSettings.groups.count)
        if let credential { _ = SSL_CTX_add1_credential(context, credential.pointer) }
        if let speaksHTTP2 {
            let names: [UInt8] = speaksHTTP2 ? [2] + Array("h2".utf8) : [8] + Array("http/1.1".utf8)
            _ = SSL_CTX_set_alpn_protos(context, names, names.count)
        }
        SSL_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(self).toOpaque())
        SSL_CTX_set_custom_verify(context, SSL_VERIFY_PEER, verifyServer)
    }

    deinit {
        SSL_CTX_free(context)
    }

    /// A session for a new connection; `start` sends the first bytes.
    package func session(transit: TLSTransit) -> TLSSession? {
        guard let ssl = SSL_new(context) else { return nil }
        SSL_set_connect_state(ssl)
        guard SSL_set_tlsext_host_name(ssl, configuration.serverName) == 1 else {
            SSL_free(ssl)
            return nil
        }
        return TLSSession(ssl: ssl, context: self, transit: transit)
    }

    fileprivate static func of(_ ssl: OpaquePointer?) -> TLSClientContext? {
        guard let data = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0) else { return nil }
        return Unmanaged<TLSClientContext>.fromOpaque(data).takeUnretainedValue()
    }

    /// nil when the backend is who it is to be.
    fileprivate func problem(with ssl: OpaquePointer) -> String? {
        guard let chain = SSL_get_peer_full_cert_chain(ssl), let leaf = CNIOBoringSSLShims_sk_X509_value(chain, 0)
        else {
            return "the backend has no certificate"
        }
        if let problem = authorities.problem(with: chain, purpose: "ssl_server") { return problem }
        let names = SubjectAltNames(of: leaf)
        let expected =
            configuration.subjectAltNames.isEmpty
            ? [.hostname(configuration.serverName)] : configuration.subjectAltNames
        let isExpected = expected.contains { name in
            switch name {
            case .hostname(let pattern): names.match(hostname: pattern)
            case .uri(let uri): names.uris.contains { $0.utf8.elementsEqual(uri.utf8) }
            }
        }
        return isExpected ? nil : "the backend's certificate is for another name"
    }
}

private let verifyServer: @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt8>?) -> ssl_verify_result_t = {
    ssl, alert in
    guard let ssl, let context = TLSClientContext.of(ssl) else { return ssl_verify_invalid }
    guard let problem = context.problem(with: ssl) else { return ssl_verify_ok }
    TLSSession.of(ssl)?.verificationProblem = problem
    alert?.pointee = UInt8(SSL_AD_BAD_CERTIFICATE)
    return ssl_verify_invalid
}
