import Certificates
import KubernetesTypes

/// A certificate with its key, as it is kept.
struct CertificateRecord: Sendable, Hashable {
    /// See `CertificateFingerprint`.
    var fingerprint: String
    /// PEM: the certificate and those between it and the root.
    var certificate: String
    /// PEM.
    var privateKey: SecretBytes
    /// PEM of the CA, if the issuer has one that clients may not know.
    var ca: String?

    func secret(_ key: ObjectKey, certificate name: ObjectKey) -> Secret {
        var data = ["tls.crt": SecretBytes(Array(certificate.utf8)), "tls.key": privateKey]
        if let ca { data["ca.crt"] = SecretBytes(Array(ca.utf8)) }
        return Secret(
            metadata: ObjectMeta(
                name: key.name, namespace: key.namespace,
                annotations: ["cert-manager.io/certificate-name": name.name]),
            type: "kubernetes.io/tls", data: data)
    }

    /// - Throws: when certificate or key cannot be read, or do not belong together.
    func held() throws(CertificateFacts.Unreadable) -> CertificateLifecycle.Held {
        let facts = try CertificateFacts(pem: Array(certificate.utf8))
        let key = try PrivateKey(pem: privateKey)
        guard facts.matches(privateKeyPEM: key.pem.bytes) != false else {
            throw CertificateFacts.Unreadable(description: "the key is not that of the certificate")
        }
        return CertificateLifecycle.Held(
            fingerprint: fingerprint, notBefore: Timestamp(secondsSince1970: facts.notBefore),
            notAfter: Timestamp(secondsSince1970: facts.notAfter))
    }
}

extension CertificateRecord: StateRecord {
    private struct File: Codable {
        var fingerprint: String
        var certificate: String
        var privateKey: String
        var ca: String?
    }

    init(stored bytes: [UInt8]) throws {
        let file = try StateJSON.decode(File.self, bytes)
        self.init(
            fingerprint: file.fingerprint, certificate: file.certificate,
            privateKey: SecretBytes(Array(file.privateKey.utf8)), ca: file.ca)
        _ = try held()
    }

    func stored() throws -> [UInt8] {
        try StateJSON.encode(
            File(
                fingerprint: fingerprint, certificate: certificate,
                privateKey: String(decoding: privateKey.bytes, as: UTF8.self), ca: ca))
    }
}

/// The account that an ACME server knows us by.
struct ACMEAccountRecord: Sendable, Hashable {
    /// The URL of the directory.
    var server: String
    /// PEM, P-256.
    var privateKey: SecretBytes
    /// What the server calls it; nil before it said so.
    var url: String?
    /// `mailto:` and so on, as last told to the server.
    var contacts: [String]
}

extension ACMEAccountRecord: StateRecord {
    private struct File: Codable {
        var server: String
        var privateKey: String
        var url: String?
        var contacts: [String]
    }

    init(stored bytes: [UInt8]) throws {
        let file = try StateJSON.decode(File.self, bytes)
        self.init(
            server: file.server, privateKey: SecretBytes(Array(file.privateKey.utf8)), url: file.url,
            contacts: file.contacts)
        _ = try ACMEAccountKey(pem: privateKey)
    }

    func stored() throws -> [UInt8] {
        try StateJSON.encode(
            File(
                server: server, privateKey: String(decoding: privateKey.bytes, as: UTF8.self), url: url,
                contacts: contacts))
    }
}
