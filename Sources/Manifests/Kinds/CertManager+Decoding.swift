import CertManager
import KubernetesTypes

extension Certificate: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"))
        fields.ignore("apiVersion", "kind", "status")
    }
}

extension CertificateSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            secretName: fields.requiredString("secretName", help: "Add it with the name of the Secret to fill."),
            issuerRef: fields.requiredObject("issuerRef"),
            commonName: fields.string("commonName"),
            subject: fields.object("subject") ?? CertificateSubject(),
            dnsNames: fields.strings("dnsNames") ?? [],
            ipAddresses: fields.strings("ipAddresses") ?? [],
            uris: fields.strings("uris") ?? [],
            emailAddresses: fields.strings("emailAddresses") ?? [],
            duration: fields.goDuration("duration"),
            renewBefore: fields.goDuration("renewBefore"),
            renewBeforePercentage: fields.integer("renewBeforePercentage", in: 1...99),
            privateKey: fields.object("privateKey") ?? CertificatePrivateKeySpec(),
            usages: fields.usages("usages"),
            isCA: fields.boolean("isCA") ?? false)
        fields.ignore(
            "additionalOutputFormats", "encodeUsagesInRequest", "keystores", "literalSubject", "nameConstraints",
            "otherNames", "revisionHistoryLimit", "secretTemplate", "signatureAlgorithm")
    }
}

extension CertificateSubject: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            organizations: fields.strings("organizations") ?? [],
            organizationalUnits: fields.strings("organizationalUnits") ?? [],
            countries: fields.strings("countries") ?? [], provinces: fields.strings("provinces") ?? [],
            localities: fields.strings("localities") ?? [])
        fields.ignore("postalCodes", "serialNumber", "streetAddresses")
    }
}

extension CertificatePrivateKeySpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            algorithm: fields.closedEnum("algorithm") ?? .rsa, size: fields.integer("size", in: 1...16_384),
            encoding: fields.closedEnum("encoding") ?? .pkcs1,
            rotationPolicy: fields.closedEnum("rotationPolicy") ?? .always)
    }
}

extension IssuerReference: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            name: fields.requiredString("name", help: "Add it with the name of an Issuer."),
            kind: fields.string("kind").flatMap { $0.isEmpty ? nil : $0 } ?? "Issuer",
            group: fields.string("group").flatMap { $0.isEmpty ? nil : $0 } ?? certManagerGroup)
    }
}

extension Issuer: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"))
        fields.ignore("apiVersion", "kind", "status")
    }
}

extension ClusterIssuer: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"))
        fields.ignore("apiVersion", "kind", "status")
    }
}

extension IssuerSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            selfSigned: fields.object("selfSigned"), ca: fields.object("ca"), acme: fields.object("acme"),
            others: ["vault", "venafi"].filter { fields.entry($0) != nil })
    }
}

extension SelfSignedIssuer: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init()
        fields.ignore("crlDistributionPoints")
    }
}

extension CAIssuer: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            secretName: fields.requiredString("secretName", help: "Add it with the name of the CA's Secret."))
        fields.ignore("crlDistributionPoints", "issuingCertificateURLs", "ocspServers")
    }
}

extension ACMEIssuer: FieldDecodable {
    init(_ fields: FieldReader) {
        let account: SecretSelector = fields.requiredObject("privateKeySecretRef")
        self.init(
            server: fields.requiredString("server", help: "Add it with the URL of the server's directory."),
            email: fields.string("email").flatMap { $0.isEmpty ? nil : $0 },
            privateKeySecretName: account.name,
            caBundle: fields.base64("caBundle"),
            skipTLSVerify: fields.boolean("skipTLSVerify") ?? false,
            preferredChain: fields.string("preferredChain").flatMap { $0.isEmpty ? nil : $0 },
            externalAccountBinding: fields.object("externalAccountBinding"),
            solvers: fields.list("solvers") ?? [])
        fields.ignore("disableAccountKeyGeneration", "enableDurationFeature", "profile")
    }
}

/// `SecretKeySelector`.
private struct SecretSelector: FieldDecodable {
    var name: String
    var key: String?

    init(_ fields: FieldReader) {
        name = fields.requiredString("name", help: "Add it with the name of a Secret.")
        key = fields.string("key")
    }
}

extension ACMEExternalAccountBinding: FieldDecodable {
    init(_ fields: FieldReader) {
        let secret: SecretSelector = fields.requiredObject("keySecretRef")
        self.init(
            keyID: fields.requiredString("keyID"), keySecretName: secret.name, keySecretKey: secret.key ?? "secret")
        fields.ignore("keyAlgorithm")
    }
}

extension ACMESolver: FieldDecodable {
    init(_ fields: FieldReader) {
        let kind: Kind = fields.entry("http01") != nil ? .http01 : fields.entry("dns01") != nil ? .dns01 : .none
        self.init(kind: kind, selector: fields.object("selector") ?? ACMESolverSelector())
    }
}

extension ACMESolverSelector: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            matchLabels: fields.stringMap("matchLabels") ?? [:], dnsNames: fields.strings("dnsNames") ?? [],
            dnsZones: fields.strings("dnsZones") ?? [])
    }
}

extension FieldReader {
    fileprivate func goDuration(_ name: String) -> GoDuration? {
        guard let entry = entry(name), let text = string(name) else { return nil }
        if let duration = GoDuration(text) { return duration }
        error(
            .notADuration, "\(name) \(Validator.quoted(text)) is not a duration.",
            help: "Write numbers with h, m or s, such as 2160h or 1h30m.", at: entry)
        return nil
    }

    fileprivate func usages(_ name: String) -> [KeyUsage] {
        guard let entry = entry(name), let texts = strings(name) else { return [] }
        return texts.compactMap { text in
            if let usage = KeyUsage(rawValue: text) { return usage }
            let (message, help) = Validator.unknownValue("The usage", text, known: KeyUsage.allCases.map(\.rawValue))
            error(.unknownValue, message, help: help, at: entry)
            return nil
        }
    }

    fileprivate func base64(_ name: String) -> [UInt8]? {
        guard let entry = entry(name), let text = string(name) else { return nil }
        if let bytes = Base64.decode(text) { return bytes }
        error(.notBase64, "\(name) is not base64.", help: "Encode the PEM text with base64.", at: entry)
        return nil
    }
}
