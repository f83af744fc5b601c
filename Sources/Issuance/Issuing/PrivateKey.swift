import CertManager
import Certificates
import Crypto
import CryptoExtras
import KubernetesTypes
import SwiftASN1
import X509

/// A private key with what it takes to sign and to write it down. Never printed.
struct PrivateKey: Sendable {
    let key: X509.Certificate.PrivateKey
    let signatureAlgorithm: X509.Certificate.SignatureAlgorithm
    /// PEM.
    let pem: SecretBytes

    /// Makes a new one.
    init(_ spec: CertificatePrivateKeySpec) throws {
        switch spec.algorithm {
        case .rsa:
            let rsa = try _RSA.Signing.PrivateKey(keySize: _RSA.Signing.KeySize(bitCount: spec.size ?? 2048))
            let text = spec.encoding == .pkcs8 ? rsa.pkcs8PEMRepresentation : rsa.pemRepresentation
            self.init(.init(rsa), .sha256WithRSAEncryption, text)
        case .ecdsa where spec.size == 384:
            let key = P384.Signing.PrivateKey()
            self.init(.init(key), .ecdsaWithSHA384, key.pemRepresentation)
        case .ecdsa where spec.size == 521:
            let key = P521.Signing.PrivateKey()
            self.init(.init(key), .ecdsaWithSHA512, key.pemRepresentation)
        case .ecdsa:
            let key = P256.Signing.PrivateKey()
            self.init(.init(key), .ecdsaWithSHA256, key.pemRepresentation)
        case .ed25519:
            let key = X509.Certificate.PrivateKey(Curve25519.Signing.PrivateKey())
            self.init(key, .ed25519, try key.serializeAsPEM().pemString)
        }
    }

    /// Reads one that was written down: PKCS#8, PKCS#1 or SEC 1.
    init(pem: SecretBytes) throws(CertificateFacts.Unreadable) {
        guard let block = try PEMBlocks.read(pem.bytes).first(where: \.isPrivateKey),
            let key = try? X509.Certificate.PrivateKey(
                pemDocument: PEMDocument(type: block.label, derBytes: block.bytes))
        else { throw CertificateFacts.Unreadable(description: "it has no private key that can be read") }
        let algorithm: X509.Certificate.SignatureAlgorithm =
            if P256.Signing.PublicKey(key.publicKey) != nil {
                .ecdsaWithSHA256
            } else if P384.Signing.PublicKey(key.publicKey) != nil {
                .ecdsaWithSHA384
            } else if P521.Signing.PublicKey(key.publicKey) != nil {
                .ecdsaWithSHA512
            } else if Curve25519.Signing.PublicKey(key.publicKey) != nil {
                .ed25519
            } else {
                .sha256WithRSAEncryption
            }
        self.key = key
        signatureAlgorithm = algorithm
        self.pem = pem
    }

    private init(
        _ key: X509.Certificate.PrivateKey, _ algorithm: X509.Certificate.SignatureAlgorithm, _ pem: String
    ) {
        self.key = key
        signatureAlgorithm = algorithm
        self.pem = SecretBytes(Array((pem.hasSuffix("\n") ? pem : pem + "\n").utf8))
    }
}
