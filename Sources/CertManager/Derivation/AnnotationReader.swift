import KubernetesTypes

/// The annotations that say how the certificates of a Gateway or ListenerSet are to be made
/// (https://cert-manager.io/docs/usage/gateway/#supported-annotations).
struct AnnotationReader {
    let annotations: [String: String]
    private(set) var mistakes: [(annotation: String, message: String, help: String)] = []

    init(annotations: [String: String]) {
        self.annotations = annotations
    }

    mutating func read(into spec: inout CertificateSpec) {
        spec.commonName = text("common-name")
        spec.dnsNames = list("alt-names")
        spec.ipAddresses = list("ip-sans")
        spec.uris = list("uri-sans")
        spec.subject = CertificateSubject(
            organizations: list("subject-organizations"), organizationalUnits: list("subject-organizationalunits"),
            countries: list("subject-countries"), provinces: list("subject-provinces"),
            localities: list("subject-localities"))
        spec.duration = duration("duration")
        spec.renewBefore = duration("renew-before")
        spec.renewBeforePercentage = number("renew-before-percentage", in: 1...99)
        spec.privateKey.algorithm = choice("private-key-algorithm") ?? .rsa
        spec.privateKey.encoding = choice("private-key-encoding") ?? .pkcs1
        spec.privateKey.rotationPolicy = choice("private-key-rotation-policy") ?? .always
        spec.privateKey.size = number("private-key-size", in: 256...8192)
        spec.usages = list("usages").compactMap { text in
            if let usage = KeyUsage(rawValue: text) { return usage }
            refuse("usages", text, allowed: KeyUsage.allCases.map(\.rawValue))
            return nil
        }
        validate(spec)
    }

    /// The rules of Certificates, except about what is not known yet: the Secret and the hostnames.
    private mutating func validate(_ spec: CertificateSpec) {
        var complete = spec
        complete.secretName = "x"
        complete.dnsNames.append("x")
        var validator = Validator()
        complete.validate(into: &validator)
        let names = ["duration": "duration", "renewBefore": "renew-before", "privateKey.size": "private-key-size"]
        for issue in validator.issues where mistakes.isEmpty {
            let name =
                names["\(issue.path)"] ?? ("\(issue.path)".hasPrefix("issuerRef") ? issuerAnnotation : "alt-names")
            mistakes.append((CertManagerAnnotations.prefix + name, issue.message, issue.help))
        }
    }

    private var issuerAnnotation: String {
        annotations[CertManagerAnnotations.issuer] == nil ? "cluster-issuer" : "issuer"
    }

    private func text(_ name: String) -> String? {
        annotations[CertManagerAnnotations.prefix + name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func list(_ name: String) -> [String] {
        (text(name) ?? "").split(separator: ",").map { entry in
            String(entry.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    private mutating func duration(_ name: String) -> GoDuration? {
        guard let text = text(name) else { return nil }
        if let duration = GoDuration(text) { return duration }
        mistakes.append(
            (
                CertManagerAnnotations.prefix + name, "\(Validator.quoted(text)) is not a duration.",
                "Write numbers with h, m or s, such as 2160h."
            ))
        return nil
    }

    private mutating func number(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(name) else { return nil }
        if let number = Int(text), range.contains(number) { return number }
        mistakes.append(
            (
                CertManagerAnnotations.prefix + name, "\(Validator.quoted(text)) cannot be used.",
                "Write a number from \(range.lowerBound) to \(range.upperBound)."
            ))
        return nil
    }

    private mutating func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String) -> Value? {
        guard let text = text(name) else { return nil }
        if let value = Value(rawValue: text) { return value }
        refuse(name, text, allowed: Value.allCases.map(\.rawValue))
        return nil
    }

    private mutating func refuse(_ name: String, _ text: String, allowed: [String]) {
        let (message, help) = Validator.unknownValue("The value", text, known: allowed)
        mistakes.append((CertManagerAnnotations.prefix + name, message, help))
    }
}
