import SwiftASN1
import X509

/// What a private key is good for. Holds nothing of the key itself.
struct PrivateKeyFacts: Sendable, Hashable {
    /// What stands in `subjectPublicKey` of its certificates.
    let publicKey: [UInt8]

    /// - Parameter pem: PKCS#8, PKCS#1 or SEC 1: RSA from 2048 bits, ECDSA on P-256, P-384 or P-521, or Ed25519.
    init(pem: [UInt8]) throws(CertificateFacts.Unreadable) {
        guard let block = try PEMBlocks.read(pem).first(where: \.isPrivateKey) else {
            throw CertificateFacts.Unreadable(description: "it has no block PRIVATE KEY")
        }
        if block.hasHeader || block.label.hasPrefix("ENCRYPTED") {
            throw CertificateFacts.Unreadable(
                description: "the key is encrypted, and there is nobody to ask for a password")
        }
        do {
            let key = try Certificate.PrivateKey(
                pemDocument: PEMDocument(type: block.label, derBytes: block.bytes))
            publicKey = Array(key.publicKey.subjectPublicKeyInfoBytes)
        } catch {
            throw CertificateFacts.Unreadable(
                description: "the key is damaged, or none of RSA (2048 bits or more), ECDSA (P-256, P-384, P-521) and "
                    + "Ed25519")
        }
    }
}
