import KubernetesTypes

/// A certificate that there should be.
package struct PlannedCertificate: Sendable, Hashable {
    package var request: RequestedCertificate
    /// nil when it is missing.
    package var issuer: PlannedIssuer?
    /// The files have the Secret: it is served as it is, and nothing is issued.
    package var isProvided: Bool
    /// Why it cannot be issued. What was issued before is served all the same.
    package var problem: CertificateFinding?

    /// - Parameter local: stands in where the issuer that is asked for cannot do it.
    init(
        _ request: RequestedCertificate, issuers: [ObjectKey: PlannedIssuer], local: PlannedIssuer?, isProvided: Bool
    ) {
        self.request = request
        self.isProvided = isProvided
        let reference = request.spec.issuerRef
        let key = reference.key(from: request.key.namespace)
        issuer = issuers[key]
        if isProvided {
            problem = finding(
                .secretInManifests, "secretName",
                "\(request.secret) stands in the manifests and is served as it is; no certificate is issued.",
                help: "Take the Secret out to have it issued.", severity: .note)
        } else if let local, issuer.map({ $0.isReplaced || $0.problem != nil }) ?? true {
            issuer = local
        } else if let issuer {
            if case .acme(let acme) = issuer.method { problem = objection(to: acme) }
        } else if reference.group != certManagerGroup {
            problem = finding(
                .issuerNotSupported, "issuerRef",
                "Weir does not know issuers of the group \(reference.group).",
                help: "Use an Issuer or ClusterIssuer of cert-manager.io.")
        } else {
            problem = finding(
                .issuerMissing, "issuerRef",
                "\(key) does not exist.", help: "Add it to the manifests, or correct the name.")
        }
    }

    /// Names that an order asks for: the common name must be one of them.
    package var acmeNames: [String] {
        var names = request.spec.dnsNames
        if let commonName = request.spec.commonName, !commonName.isEmpty, !names.contains(commonName),
            !request.spec.ipAddresses.contains(commonName)
        {
            names.insert(commonName, at: 0)
        }
        return names
    }

    /// What an ACME server cannot be asked for, or what the gateway cannot prove to it.
    private func objection(to acme: ACMEIssuer) -> CertificateFinding? {
        if !request.spec.uris.isEmpty || !request.spec.emailAddresses.isEmpty || request.spec.isCA {
            return finding(
                .challengeNotSupported, request.spec.isCA ? "isCA" : "uris",
                "An ACME server certifies hostnames and IP addresses only.",
                help: "Take uris, emailAddresses and isCA out, or use a CA issuer.")
        }
        for (index, name) in acmeNames.enumerated() {
            if name.hasPrefix("*.") {
                return finding(
                    .challengeNotSupported, "dnsNames", at: index,
                    "\(name) cannot be proven to the ACME server: names with * need the DNS-01 challenge, which Weir "
                        + "does not do.", help: "List the hostnames one by one, or put the certificate into a Secret.")
            }
            switch acme.solver(for: name, labels: request.labels)?.kind {
            case .http01: continue
            case .dns01:
                return finding(
                    .challengeNotSupported, "dnsNames", at: index,
                    "The solver for \(name) is dns01, which Weir does not do.",
                    help: "Give the issuer an http01 solver that fits the name.")
            case .some(.none), nil:
                return finding(
                    .challengeNotSupported, "dnsNames", at: index, "No solver of the issuer fits \(name).",
                    help: "Give the issuer an http01 solver without selector.")
            }
        }
        return nil
    }

    private func finding(
        _ code: DiagnosticCode, _ field: String, at index: Int? = nil, _ message: String, help: String,
        severity: DiagnosticSeverity = .error
    ) -> CertificateFinding {
        var path = request.path
        if !request.isDerived {
            path = path.field(field)
            if let index, index < request.spec.dnsNames.count { path = path.index(index) }
        }
        return CertificateFinding(code, request.origin, path, message, help: help, severity: severity)
    }
}
