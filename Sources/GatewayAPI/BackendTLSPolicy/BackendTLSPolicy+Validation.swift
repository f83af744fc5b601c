package import KubernetesTypes

extension BackendTLSPolicy {
    /// What the API server would refuse: the limits and rules of the CRD.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { validator in
            spec.validateTargets(into: &validator)
            validator.field("validation") { spec.validation.validate(into: &$0) }
            validator.map("options", spec.options, count: 0...16, valueLength: 0...4096)
        }
        return validator.issues
    }
}

extension BackendTLSPolicySpec {
    fileprivate func validateTargets(into validator: inout Validator) {
        validator.list("targetRefs", targetRefs, count: 1...16) { validator, target in
            validateReference(into: &validator, group: target.group, kind: target.kind, name: target.name)
            validator.text("sectionName", target.sectionName, length: 1...253, format: .dnsSubdomain)
        }
        validator.field("targetRefs") { validator in
            for (index, target) in targetRefs.enumerated() {
                let twins = targetRefs[..<index].filter { $0.isSameObject(as: target) }
                if twins.contains(where: { ($0.sectionName ?? "") == (target.sectionName ?? "") }) {
                    validator.element(index) {
                        $0.report(
                            .targetNamedTwice,
                            "\(target.kind) \(Validator.quoted(target.name)) is a target already.",
                            help: "Name it once, or give each of its entries another sectionName.")
                    }
                } else if twins.contains(where: { ($0.sectionName ?? "").isEmpty != (target.sectionName ?? "").isEmpty }
                ) {
                    validator.element(index) {
                        $0.report(
                            .targetNamedTwice,
                            "\(target.kind) \(Validator.quoted(target.name)) is a target with and without sectionName.",
                            help: "Give every entry for it a sectionName, or keep the one without.")
                    }
                }
            }
        }
    }
}

extension LocalPolicyTargetReferenceWithSectionName {
    fileprivate func isSameObject(as other: Self) -> Bool {
        group == other.group && kind == other.kind && name == other.name
    }
}

extension BackendTLSPolicyValidation {
    func validate(into validator: inout Validator) {
        validator.list("caCertificateRefs", caCertificateRefs, count: 0...8) { validator, reference in
            validateReference(into: &validator, group: reference.group, kind: reference.kind, name: reference.name)
        }
        validator.text(
            "wellKnownCACertificates", wellKnownCACertificates, length: 1...253, format: .wellKnownCACertificates)
        validator.text("hostname", hostname, length: 1...253, format: .dnsSubdomain)
        let isWellKnown = !(wellKnownCACertificates ?? "").isEmpty
        if isWellKnown, !caCertificateRefs.isEmpty {
            validator.report(
                .trustTwice, "caCertificateRefs and wellKnownCACertificates exclude each other.",
                help: "Keep one of them.")
        } else if wellKnownCACertificates == nil, caCertificateRefs.isEmpty {
            validator.report(
                .trustMissing, "Nothing says which CA certificates are trusted.",
                help: "Add caCertificateRefs, or `wellKnownCACertificates: System`.")
        }
        validator.list("subjectAltNames", subjectAltNames, count: 0...5) { $1.validate(into: &$0) }
    }
}

extension SubjectAltName {
    fileprivate func validate(into validator: inout Validator) {
        validator.known("type", type)
        validator.text("hostname", hostname, length: 1...253, format: .hostname)
        validator.text("uri", uri, length: 1...253, format: .uriWithAuthority)
        let members: [(type: SubjectAltNameType, field: String, isSet: Bool)] = [
            (.hostname, "hostname", hostname != nil), (.uri, "uri", uri != nil),
        ]
        for member in members {
            if member.isSet, type != member.type {
                validator.field(member.field) {
                    $0.report(
                        .memberOfOtherType, "\(member.field) does not belong to a name of type \(type).",
                        help: "Take it out, or set `type: \(member.type)`.")
                }
            } else if !member.isSet, type == member.type {
                validator.report(
                    .memberMissing, "A name of type \(type) needs \(member.field).",
                    help: "Add `\(member.field)` with the name.")
            }
        }
    }
}

extension TextFormat {
    /// `WellKnownCACertificatesType`.
    fileprivate static let wellKnownCACertificates = TextFormat("System, or a DNS name, `/` and a name") { text in
        if text.elementsEqual("System".utf8) { return true }
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")), slash != text.startIndex else { return false }
        return qualifiedName.matches(text)
    }

    /// `AbsoluteURI` as far as the CRD's pattern goes: a scheme, `://` and anything.
    fileprivate static let uriWithAuthority = TextFormat("a URI such as `spiffe://example.com/ns/shop`") { text in
        guard let end = text.firstIndex(where: { ":/?#".utf8.contains($0) }), end != text.startIndex else {
            return false
        }
        return text[end...].starts(with: "://".utf8)
    }
}
