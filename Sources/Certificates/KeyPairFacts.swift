/// A certificate chain and its private key as a `kubernetes.io/tls` Secret holds them, found to belong together.
package struct KeyPairFacts: Sendable, Hashable {
    /// The server's own.
    package let certificate: CertificateFacts

    /// Why they cannot be used: half a sentence. Never contains anything of the input.
    package enum Problem: Error, Hashable {
        /// It is about `tls.crt`.
        case certificate(String)
        /// It is about `tls.key`.
        case privateKey(String)
    }

    /// - Parameters:
    ///   - chain: PEM; the server's certificate first.
    ///   - privateKey: PEM: PKCS#8, PKCS#1 or SEC 1; RSA from 2048 bits, ECDSA on P-256, P-384 or P-521, or Ed25519.
    package init(chain: [UInt8], privateKey: [UInt8]) throws(Problem) {
        let certificates = try Self.read(chain)
        let key = try Self.read(key: privateKey)
        guard let first = certificates.first else { throw .certificate("it has no block CERTIFICATE") }
        guard first.publicKey == key.publicKey else {
            if let owner = certificates.firstIndex(where: { $0.publicKey == key.publicKey }) {
                throw .certificate(
                    "the key belongs to certificate \(owner + 1) of \(certificates.count), and must belong to the "
                        + "first, which is the server's")
            }
            throw .privateKey("the key is not that of the certificate in tls.crt")
        }
        certificate = first
    }

    private static func read(_ chain: [UInt8]) throws(Problem) -> [CertificateFacts] {
        do throws(CertificateFacts.Unreadable) {
            return try CertificateFacts.all(pem: chain)
        } catch {
            throw .certificate(error.description)
        }
    }

    private static func read(key: [UInt8]) throws(Problem) -> PrivateKeyFacts {
        do throws(CertificateFacts.Unreadable) {
            return try PrivateKeyFacts(pem: key)
        } catch {
            throw .privateKey(error.description)
        }
    }
}
