package import KubernetesTypes

/// `cert-manager.io/v1` Certificate: a certificate that is to be kept current in a Secret.
package struct Certificate: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(group: certManagerGroup, version: "v1", kind: "Certificate")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: CertificateSpec

    package init(metadata: ObjectMeta, spec: CertificateSpec) {
        self.metadata = metadata
        self.spec = spec
    }
}

/// `Certificate.spec`, as far as it decides what is issued.
package struct CertificateSpec: Sendable, Hashable {
    /// The Secret that certificate and key are put into, in the namespace of the Certificate.
    package var secretName: String
    package var issuerRef: IssuerReference
    package var commonName: String?
    package var subject: CertificateSubject
    package var dnsNames: [String]
    package var ipAddresses: [String]
    package var uris: [String]
    package var emailAddresses: [String]
    /// How long it is to be valid; 90 days unless set. ACME servers decide that themselves.
    package var duration: GoDuration?
    /// So long before its end it is renewed.
    package var renewBefore: GoDuration?
    /// The same in percent of its life, 1...99. Not together with `renewBefore`; a third of the life without both.
    package var renewBeforePercentage: Int?
    package var privateKey: CertificatePrivateKeySpec
    /// `digital signature` and `key encipherment` unless set.
    package var usages: [KeyUsage]
    package var isCA: Bool

    package static let defaultDuration = GoDuration.hours(90 * 24)

    package init(
        secretName: String, issuerRef: IssuerReference, commonName: String? = nil,
        subject: CertificateSubject = CertificateSubject(), dnsNames: [String] = [], ipAddresses: [String] = [],
        uris: [String] = [], emailAddresses: [String] = [], duration: GoDuration? = nil,
        renewBefore: GoDuration? = nil, renewBeforePercentage: Int? = nil,
        privateKey: CertificatePrivateKeySpec = CertificatePrivateKeySpec(), usages: [KeyUsage] = [],
        isCA: Bool = false
    ) {
        self.secretName = secretName
        self.issuerRef = issuerRef
        self.commonName = commonName
        self.subject = subject
        self.dnsNames = dnsNames
        self.ipAddresses = ipAddresses
        self.uris = uris
        self.emailAddresses = emailAddresses
        self.duration = duration
        self.renewBefore = renewBefore
        self.renewBeforePercentage = renewBeforePercentage
        self.privateKey = privateKey
        self.usages = usages
        self.isCA = isCA
    }
}

/// `Certificate.spec.subject`.
package struct CertificateSubject: Sendable, Hashable {
    package var organizations: [String]
    package var organizationalUnits: [String]
    package var countries: [String]
    package var provinces: [String]
    package var localities: [String]

    package init(
        organizations: [String] = [], organizationalUnits: [String] = [], countries: [String] = [],
        provinces: [String] = [], localities: [String] = []
    ) {
        self.organizations = organizations
        self.organizationalUnits = organizationalUnits
        self.countries = countries
        self.provinces = provinces
        self.localities = localities
    }
}

/// `Certificate.spec.privateKey`.
package struct CertificatePrivateKeySpec: Sendable, Hashable {
    package var algorithm: PrivateKeyAlgorithm
    /// Bits. RSA: 2048 (the default), 3072 or 4096. ECDSA: 256 (the default), 384 or 521.
    package var size: Int?
    package var encoding: PrivateKeyEncoding
    package var rotationPolicy: PrivateKeyRotationPolicy

    package init(
        algorithm: PrivateKeyAlgorithm = .rsa, size: Int? = nil, encoding: PrivateKeyEncoding = .pkcs1,
        rotationPolicy: PrivateKeyRotationPolicy = .always
    ) {
        self.algorithm = algorithm
        self.size = size
        self.encoding = encoding
        self.rotationPolicy = rotationPolicy
    }
}

/// `Certificate.spec.privateKey.algorithm`.
package enum PrivateKeyAlgorithm: String, Sendable, Hashable, CaseIterable {
    case rsa = "RSA"
    case ecdsa = "ECDSA"
    case ed25519 = "Ed25519"
}

/// `Certificate.spec.privateKey.encoding`: of RSA keys. Others are always written as PKCS#8.
package enum PrivateKeyEncoding: String, Sendable, Hashable, CaseIterable {
    case pkcs1 = "PKCS1"
    case pkcs8 = "PKCS8"
}

/// `Certificate.spec.privateKey.rotationPolicy`: whether every renewal gets a new key. cert-manager 1.18 changed the
/// default from Never to Always.
package enum PrivateKeyRotationPolicy: String, Sendable, Hashable, CaseIterable {
    case never = "Never"
    case always = "Always"
}

/// `Certificate.spec.usages[]`, the values of `KeyUsage` of cert-manager.
package enum KeyUsage: String, Sendable, Hashable, CaseIterable {
    case signing
    case digitalSignature = "digital signature"
    case contentCommitment = "content commitment"
    case keyEncipherment = "key encipherment"
    case keyAgreement = "key agreement"
    case dataEncipherment = "data encipherment"
    case certSign = "cert sign"
    case crlSign = "crl sign"
    case encipherOnly = "encipher only"
    case decipherOnly = "decipher only"
    case any
    case serverAuth = "server auth"
    case clientAuth = "client auth"
    case codeSigning = "code signing"
    case emailProtection = "email protection"
    case smime = "s/mime"
    case ipsecEndSystem = "ipsec end system"
    case ipsecTunnel = "ipsec tunnel"
    case ipsecUser = "ipsec user"
    case timestamping
    case ocspSigning = "ocsp signing"
    case microsoftSGC = "microsoft sgc"
    case netscapeSGC = "netscape sgc"
}
