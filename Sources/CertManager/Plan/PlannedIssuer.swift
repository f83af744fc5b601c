package import KubernetesTypes

/// An issuer with what it takes to use it.
package struct PlannedIssuer: Sendable, Hashable {
    package enum Method: Sendable, Hashable {
        case selfSigned
        /// The Secret of the CA.
        case ca(ObjectKey)
        case acme(ACMEIssuer)
        case none
    }

    package var key: ObjectKey
    package var generation: Int64
    package var method: Method
    /// Where the Secrets stand that it names.
    package var secretNamespace: String
    /// Why it cannot be used.
    package var problem: CertificateFinding?
    /// The local CA does its work.
    package var isReplaced = false

    /// The CA of `--local-ca`.
    static let local = PlannedIssuer(
        LocalAuthority.key, 0, IssuerSpec(ca: CAIssuer(secretName: LocalAuthority.secret.name)), secretNamespace: "")

    init(_ key: ObjectKey, _ generation: Int64, _ spec: IssuerSpec, secretNamespace: String) {
        self.key = key
        self.generation = generation
        self.secretNamespace = secretNamespace
        if let acme = spec.acme {
            method = .acme(acme)
        } else if let ca = spec.ca {
            method = .ca(ObjectKey(Secret.groupKind, namespace: secretNamespace, name: ca.secretName))
        } else if spec.selfSigned != nil {
            method = .selfSigned
        } else {
            method = .none
            let type = spec.others.first ?? "unknown"
            problem = CertificateFinding(
                .issuerNotSupported, key, FieldPath("spec").field(type),
                "Weir does not issue certificates by \(type).",
                help: "Use selfSigned, ca or acme, or put the certificate into a Secret yourself.")
        }
    }

    /// Names the account: issuers that name the same Secret and the same server share one. Manifests often have a staging
    /// server and the real one with the same Secret, so the server is part of it (FNV-1a).
    package var accountName: ObjectKey? {
        guard case .acme(let acme) = method else { return nil }
        let hash = acme.server.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        return ObjectKey(
            Secret.groupKind, namespace: secretNamespace,
            name: "\(acme.privateKeySecretName)-\(String(hash, radix: 16))")
    }

    /// - Parameter made: Secrets that Certificates fill.
    mutating func check(_ secrets: [ObjectKey: Secret], made: Set<ObjectKey>) {
        if isReplaced { return }
        switch method {
        case .ca(let secret) where secrets[secret] == nil && !made.contains(secret):
            problem = CertificateFinding(
                .issuerSecret, key, FieldPath("spec.ca.secretName"), "\(secret) of the CA does not exist.",
                help: "Add a Secret with tls.crt and tls.key of a CA, or a Certificate with isCA: true that fills it.")
        case .acme(let acme):
            guard let binding = acme.externalAccountBinding else { return }
            let secret = ObjectKey(Secret.groupKind, namespace: secretNamespace, name: binding.keySecretName)
            guard secrets[secret]?.data[binding.keySecretKey] == nil else { return }
            problem = CertificateFinding(
                .issuerSecret, key, FieldPath("spec.acme.externalAccountBinding.keySecretRef"),
                "\(secret) does not exist or has no \(binding.keySecretKey).",
                help: "Add it with the key that the CA gave you.")
        case .ca, .selfSigned, .none: break
        }
    }
}
