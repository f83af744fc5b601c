import CertManager
import KubernetesTypes

/// What a certificate was made from, as text: another text means that it has to be made anew.
///
/// The times of renewal are not part of it. The ACME server is: who goes from a staging server to the real one wants
/// real certificates.
enum CertificateFingerprint {
    static func of(_ planned: PlannedCertificate) -> String {
        let spec = planned.request.spec
        var parts = [
            "issuer=\(planned.issuer?.key.kind ?? spec.issuerRef.kind)/\(planned.issuer?.key.name ?? spec.issuerRef.name)",
            "cn=\(spec.commonName ?? "")",
            "dns=\(spec.dnsNames.sorted().joined(separator: ","))",
            "ip=\(spec.ipAddresses.sorted().joined(separator: ","))",
            "uri=\(spec.uris.sorted().joined(separator: ","))",
            "email=\(spec.emailAddresses.sorted().joined(separator: ","))",
            "key=\(spec.privateKey.algorithm.rawValue)/\(spec.privateKey.size.map(String.init) ?? "")"
                + "/\(spec.privateKey.encoding.rawValue)",
            "usages=\(spec.usages.map(\.rawValue).sorted().joined(separator: ","))",
            "ca=\(spec.isCA)",
        ]
        let subject = spec.subject
        for (name, texts) in [
            ("o", subject.organizations), ("ou", subject.organizationalUnits), ("c", subject.countries),
            ("st", subject.provinces), ("l", subject.localities),
        ] where !texts.isEmpty { parts.append("\(name)=\(texts.sorted().joined(separator: ","))") }
        switch planned.issuer?.method {
        case .acme(let acme): parts.append("server=\(acme.server)")
        case .ca: parts.append("method=ca duration=\(spec.life)")
        case .selfSigned: parts.append("method=selfSigned duration=\(spec.life)")
        case .some(.none), nil: break
        }
        return parts.joined(separator: ";")
    }

    /// The part that is about the key.
    static func key(_ fingerprint: String) -> Substring? {
        fingerprint.split(separator: ";").first { $0.hasPrefix("key=") }
    }
}
