internal import CNIOBoringSSL

/// Certificates and keys out of PEM text. What is returned belongs to the caller.
enum PEMReader {
    /// Every certificate in the text, in order.
    static func certificates(_ text: [UInt8]) throws(TLSConfigurationError) -> [OpaquePointer] {
        guard let bio = text.withUnsafeBytes({ BIO_new_mem_buf($0.baseAddress, $0.count) }) else {
            throw TLSConfigurationError("out of memory")
        }
        defer { BIO_free(bio) }
        var certificates: [OpaquePointer] = []
        // The buffer is read while `text` is alive: `BIO_new_mem_buf` does not copy.
        let failed = withExtendedLifetime(text) {
            text.withUnsafeBytes { _ in
                while let certificate = PEM_read_bio_X509(bio, nil, refusePassword, nil) {
                    certificates.append(certificate)
                }
                let error = ERR_peek_last_error()
                ERR_clear_error()
                // The end of the text is reported as a missing start line.
                return ERR_GET_LIB(error) != ERR_LIB_PEM || ERR_GET_REASON(error) != PEM_R_NO_START_LINE
            }
        }
        guard !failed else {
            for certificate in certificates { X509_free(certificate) }
            throw TLSConfigurationError("a certificate in the PEM text is malformed")
        }
        return certificates
    }

    /// The first private key in the text: PKCS#1, PKCS#8 or SEC 1, not encrypted.
    static func privateKey(_ text: [UInt8]) throws(TLSConfigurationError) -> OpaquePointer {
        let key = text.withUnsafeBytes { bytes -> OpaquePointer? in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, bytes.count) else { return nil }
            defer { BIO_free(bio) }
            return PEM_read_bio_PrivateKey(bio, nil, refusePassword, nil)
        }
        guard let key else {
            ERR_clear_error()
            throw TLSConfigurationError("the private key cannot be read (PKCS#1, PKCS#8 or SEC 1 in PEM, unencrypted)")
        }
        return key
    }

    /// An encrypted key is an error, not a question on the terminal.
    private static let refusePassword:
        @convention(c) (
            UnsafeMutablePointer<CChar>?, CInt, CInt, UnsafeMutableRawPointer?
        ) -> CInt = { _, _, _, _ in 0 }
}
