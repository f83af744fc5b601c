import CertManager
import Certificates
import Crypto
import Foundation
import KubernetesTypes
import SwiftASN1
import X509

/// Makes certificates without asking anybody: signed with their own key, or with that of a CA at hand.
enum LocalSigner {
    /// A CA with its key.
    struct Authority: Sendable {
        let certificate: X509.Certificate
        let key: PrivateKey
        /// PEM: its certificate and those between it and the root.
        let chain: String
        /// PEM of the last certificate of the chain.
        let root: String

        /// - Parameter secret: with `tls.crt` and `tls.key`.
        init(_ secret: Secret) throws(CertificateFacts.Unreadable) {
            guard let bytes = secret.data["tls.crt"]?.bytes, let keyBytes = secret.data["tls.key"] else {
                throw CertificateFacts.Unreadable(description: "it must have tls.crt and tls.key")
            }
            try self.init(certificate: bytes, key: keyBytes)
        }

        init(certificate: [UInt8], key pem: SecretBytes) throws(CertificateFacts.Unreadable) {
            let blocks = try PEMBlocks.read(certificate).filter { $0.label == "CERTIFICATE" }.map {
                PEMDocument(type: $0.label, derBytes: $0.bytes)
            }
            guard let first = blocks.first, let last = blocks.last,
                let parsed = try? X509.Certificate(pemDocument: first)
            else { throw CertificateFacts.Unreadable(description: "tls.crt has no certificate that can be read") }
            key = try PrivateKey(pem: pem)
            guard key.key.publicKey == parsed.publicKey else {
                throw CertificateFacts.Unreadable(description: "tls.key is not the key of the certificate in tls.crt")
            }
            guard case .isCertificateAuthority = (try? parsed.extensions.basicConstraints) ?? .notCertificateAuthority
            else { throw CertificateFacts.Unreadable(description: "the certificate in tls.crt is not one of a CA") }
            self.certificate = parsed
            chain = blocks.map { $0.pemString + "\n" }.joined()
            root = last.pemString + "\n"
        }

        var notAfter: Timestamp { Timestamp(secondsSince1970: Int64(certificate.notValidAfter.timeIntervalSince1970)) }

        /// Servers leave out what clients must have anyway.
        var chainWithoutRoot: String {
            certificate.issuer == certificate.subject ? "" : chain
        }
    }

    static func selfSigned(
        _ spec: CertificateSpec, key: PrivateKey, now: Timestamp
    ) throws -> (certificate: String, ca: String) {
        var contents = try CertificateContents(spec)
        if contents.subject.isEmpty {
            // The issuer, here the subject itself, must have a name (RFC 5280 section 4.1.2.4).
            contents.subject = try DistinguishedName { CommonName(String((spec.allNames.first ?? "weir").prefix(64))) }
        }
        let text = try sign(
            contents, publicKey: key.key.publicKey, life: spec.life, notAfterLimit: nil, issuer: contents.subject,
            issuerKeyIdentifier: nil, with: key, now: now)
        return (text, text)
    }

    static func signed(
        _ spec: CertificateSpec, key: PrivateKey, by authority: Authority, now: Timestamp
    ) throws -> (certificate: String, ca: String) {
        // With less, each certificate would be due before the next one was made.
        guard authority.notAfter.secondsSince1970 > now.secondsSince1970 + 60 else {
            throw CertificateFacts.Unreadable(description: "the certificate of the CA has expired")
        }
        let identifier = try? authority.certificate.extensions.subjectKeyIdentifier?.keyIdentifier
        let text = try sign(
            try CertificateContents(spec), publicKey: key.key.publicKey, life: spec.life,
            // Clients would refuse what outlives its CA.
            notAfterLimit: authority.notAfter, issuer: authority.certificate.subject, issuerKeyIdentifier: identifier,
            with: authority.key, now: now)
        return (text + authority.chainWithoutRoot, authority.root)
    }

    private static func sign(
        _ contents: CertificateContents, publicKey: X509.Certificate.PublicKey, life: Int64,
        notAfterLimit: Timestamp?, issuer: DistinguishedName, issuerKeyIdentifier: ArraySlice<UInt8>?,
        with key: PrivateKey, now: Timestamp
    ) throws -> String {
        let end = min(now.secondsSince1970 + life, notAfterLimit?.secondsSince1970 ?? .max)
        let basic: BasicConstraints =
            contents.isCA ? .isCertificateAuthority(maxPathLength: nil) : .notCertificateAuthority
        var extensions = [try X509.Certificate.Extension(basic, critical: true)]
        extensions += try contents.requestedExtensions()
        extensions.append(try .init(SubjectKeyIdentifier(hash: publicKey), critical: false))
        if let issuerKeyIdentifier {
            extensions.append(
                try .init(AuthorityKeyIdentifier(keyIdentifier: issuerKeyIdentifier), critical: false))
        }
        let certificate = try X509.Certificate(
            version: .v3, serialNumber: .init(), publicKey: publicKey,
            notValidBefore: Date(timeIntervalSince1970: Double(now.secondsSince1970)),
            notValidAfter: Date(timeIntervalSince1970: Double(end)), issuer: issuer, subject: contents.subject,
            signatureAlgorithm: key.signatureAlgorithm, extensions: .init(extensions), issuerPrivateKey: key.key)
        return try certificate.serializeAsPEM().pemString + "\n"
    }
}

extension CertificateSpec {
    /// Seconds.
    var life: Int64 { (duration ?? Self.defaultDuration).seconds }

    var allNames: [String] { dnsNames + ipAddresses + uris + emailAddresses }
}
