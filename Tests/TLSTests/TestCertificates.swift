import Crypto
import CryptoExtras
import Foundation
import Routing
import SwiftASN1
import X509

/// A CA made for a test, and what it signs.
struct TestAuthority {
    let name: DistinguishedName
    private let key = P256.Signing.PrivateKey()
    let certificate: Certificate

    init(_ commonName: String = "test authority") throws {
        name = try DistinguishedName { CommonName(commonName) }
        certificate = try Certificate(
            version: .v3, serialNumber: .init(2024), publicKey: .init(key.publicKey),
            notValidBefore: .now.addingTimeInterval(-60), notValidAfter: .now.addingTimeInterval(3600), issuer: name,
            subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
            },
            issuerPrivateKey: .init(key))
    }

    var pem: [UInt8] { get throws { Array(try certificate.serializeAsPEM().pemString.utf8) } }

    /// A leaf certificate for these names with a new key.
    func issue(
        dnsNames: [String] = [], uris: [String] = [], isRSA: Bool = false, expired: Bool = false
    ) throws -> CertificateKeyPair {
        let key: Certificate.PrivateKey =
            isRSA
            ? .init(try _RSA.Signing.PrivateKey(keySize: .bits2048)) : .init(P256.Signing.PrivateKey())
        let names = dnsNames.map { GeneralName.dnsName($0) } + uris.map { .uniformResourceIdentifier($0) }
        let leaf = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey,
            notValidBefore: .now.addingTimeInterval(-120), notValidAfter: .now.addingTimeInterval(expired ? -60 : 3600),
            issuer: name, subject: DistinguishedName { CommonName("leaf") }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                BasicConstraints.notCertificateAuthority
                SubjectAlternativeNames(names)
            }, issuerPrivateKey: .init(self.key))
        return CertificateKeyPair(
            chain: Array(try leaf.serializeAsPEM().pemString.utf8),
            privateKey: PrivateKeyBytes(Array(try key.serializeAsPEM().pemString.utf8)))
    }
}
