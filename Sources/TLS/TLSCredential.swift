internal import CNIOBoringSSL
internal import CNIOBoringSSLShims
package import Routing

/// A certificate chain with its key, loaded once and shared by every context that serves it.
package final class TLSCredential: @unchecked Sendable {
    // `@unchecked Sendable`: never changed after `init`; the library counts references atomically.
    let pointer: OpaquePointer
    /// DNS names of the leaf certificate in lower case, wildcards with their `*.`.
    package let names: [String]
    /// ECDSA and EdDSA are preferred to RSA where the client can: they cost a tenth.
    let isEllipticCurve: Bool

    /// Fails when the chain or the key cannot be read or do not belong together.
    package init(_ pair: CertificateKeyPair) throws(TLSConfigurationError) {
        let certificates = try PEMReader.certificates(pair.chain)
        defer { for certificate in certificates { X509_free(certificate) } }
        guard let leaf = certificates.first else { throw TLSConfigurationError("no certificate in the PEM text") }
        let key = try PEMReader.privateKey(pair.privateKey.bytes)
        defer { EVP_PKEY_free(key) }
        guard X509_check_private_key(leaf, key) == 1 else {
            ERR_clear_error()
            throw TLSConfigurationError("the private key does not belong to the certificate")
        }
        var buffers: [OpaquePointer?] = []
        defer { for buffer in buffers { CRYPTO_BUFFER_free(buffer) } }
        for certificate in certificates {
            var encoded: UnsafeMutablePointer<UInt8>?
            let count = i2d_X509(certificate, &encoded)
            guard count > 0, let bytes = encoded else { throw TLSConfigurationError("out of memory") }
            buffers.append(CRYPTO_BUFFER_new(bytes, Int(count), nil))
            OPENSSL_free(encoded)
        }
        guard let credential = SSL_CREDENTIAL_new_x509() else { throw TLSConfigurationError("out of memory") }
        guard SSL_CREDENTIAL_set1_cert_chain(credential, &buffers, buffers.count) == 1,
            SSL_CREDENTIAL_set1_private_key(credential, key) == 1
        else {
            let reason = TLSLibrary.takeError()
            SSL_CREDENTIAL_free(credential)
            throw TLSConfigurationError("the certificate cannot be served: \(reason)")
        }
        if !pair.ocspResponse.isEmpty,
            let response = CRYPTO_BUFFER_new(pair.ocspResponse, pair.ocspResponse.count, nil)
        {
            _ = SSL_CREDENTIAL_set1_ocsp_response(credential, response)
            CRYPTO_BUFFER_free(response)
        }
        pointer = credential
        names = SubjectAltNames(of: leaf).hostnames
        isEllipticCurve = EVP_PKEY_id(key) != EVP_PKEY_RSA
    }

    deinit {
        SSL_CREDENTIAL_free(pointer)
    }

    /// How well the certificate suits a client that asks for `serverName` (lower case): 2 by name, 1 by a wildcard, 0 not.
    func rank(for serverName: String) -> Int {
        if names.contains(serverName) { return 2 }
        guard let dot = serverName.firstIndex(of: ".") else { return 0 }
        return names.contains("*" + serverName[dot...]) ? 1 : 0
    }
}
