package import KubernetesTypes

extension Issuer {
    /// What cert-manager's webhook would refuse.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { spec.validate(into: &$0) }
        return validator.issues
    }
}

extension ClusterIssuer {
    /// What cert-manager's webhook would refuse.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: false)
        validator.field("spec") { spec.validate(into: &$0) }
        return validator.issues
    }
}

extension IssuerSpec {
    fileprivate func validate(into validator: inout Validator) {
        let types =
            [selfSigned.map { _ in "selfSigned" }, ca.map { _ in "ca" }, acme.map { _ in "acme" }]
            .compactMap(\.self) + others
        if types.isEmpty {
            validator.report(
                .issuerType, "The issuer has no type.", help: "Add one of selfSigned, ca and acme.")
        } else if types.count > 1 {
            validator.report(
                .issuerType, "The issuer has several types: \(types.joined(separator: ", ")).",
                help: "Keep one of them.")
        }
        validator.field("ca", ca) { $0.text("secretName", $1.secretName, length: 1...253, format: .dnsSubdomain) }
        validator.field("acme", acme) { $1.validate(into: &$0) }
    }
}

extension ACMEIssuer {
    fileprivate func validate(into validator: inout Validator) {
        validator.text("server", server, length: 1...2048, format: .serverURL)
        validator.field("privateKeySecretRef") {
            $0.text("name", privateKeySecretName, length: 1...253, format: .dnsSubdomain)
        }
        validator.list("solvers", solvers, count: 0...1000) { validator, solver in
            guard solver.kind == .none else { return }
            validator.report(.issuerType, "The solver has no type.", help: "Add http01.")
        }
    }
}

extension TextFormat {
    fileprivate static let serverURL = TextFormat("a URL that begins with https://") { text in
        ["https://", "http://"].contains { text.starts(with: $0.utf8) && text.count > $0.utf8.count }
            && text.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
