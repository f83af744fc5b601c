import Crypto
import Foundation
import KubernetesTypes
import Routing
import SwiftASN1
import X509

/// The certificate that proves control over a name in a handshake (RFC 8737 section 3): for the name alone, with the
/// digest of the key authorization in a critical extension.
enum ACMEChallengeCertificate {
    private static let acmeIdentifier: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 1, 31]

    static func make(_ name: String, proof: String, now: Timestamp) throws -> CertificateKeyPair {
        let key = P256.Signing.PrivateKey()
        let digest = ASN1OctetString(contentBytes: Array(SHA256.hash(data: Data(proof.utf8)))[...])
        var serializer = DER.Serializer()
        try serializer.serialize(digest)
        let subject = try DistinguishedName { CommonName("ACME challenge") }
        let certificate = try X509.Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: Date(timeIntervalSince1970: Double(now.secondsSince1970 - 3_600)),
            notValidAfter: Date(timeIntervalSince1970: Double(now.secondsSince1970 + 7 * 86_400)), issuer: subject,
            subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: .init([
                try .init(SubjectAlternativeNames([.dnsName(name)]), critical: false),
                .init(oid: acmeIdentifier, critical: true, value: serializer.serializedBytes[...]),
            ]), issuerPrivateKey: .init(key))
        return CertificateKeyPair(
            chain: Array(try certificate.serializeAsPEM().pemString.utf8),
            privateKey: PrivateKeyBytes(Array(key.pemRepresentation.utf8)))
    }
}
