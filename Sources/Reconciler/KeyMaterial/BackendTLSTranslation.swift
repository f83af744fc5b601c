import GatewayAPI
import KubernetesTypes
import Routing

/// What a BackendTLSPolicy or `XBackend.spec.tls` asks for, as far as it can be had (GEP-1897).
struct BackendTLSTranslation {
    /// For the data plane. Nothing that was asked for is left out: where something cannot be had nobody is trusted, so
    /// that nothing reaches the backend.
    private(set) var tls: BackendTLS
    /// CA certificates that cannot be used. The others are.
    private(set) var failures: [(reason: PolicyConditionReason, finding: Finding)] = []
    /// CA certificates are named, and none can be used.
    private(set) var lacksAuthorities = false
    /// What makes all of it void, CA certificates aside.
    private(set) var problem: Finding?
    /// What has no effect.
    private(set) var notes: [Finding] = []

    var isUsable: Bool { problem == nil && !lacksAuthorities }

    /// Why nothing reaches the backend.
    var obstacle: Finding? { problem ?? (lacksAuthorities ? failures.first?.finding : nil) }

    /// - Parameters:
    ///   - path: of the validation.
    ///   - refs: from the object that it stands in.
    init(_ validation: BackendTLSPolicyValidation, at path: FieldPath, _ refs: CertificateRefs) {
        tls = BackendTLS(serverName: validation.hostname, trust: .authorities([]))
        let authorities = authorities(validation.caCertificateRefs, at: path.field("caCertificateRefs"), refs)
        problem = Self.problem(of: validation, at: path)
        guard isUsable else { return }
        tls.serverName = DNSName(validation.hostname)?.text ?? validation.hostname
        tls.subjectAltNames = validation.subjectAltNames.compactMap(\.name)
        tls.trust = validation.caCertificateRefs.isEmpty ? .system : .authorities(authorities)
    }

    /// - Parameter path: of the options.
    mutating func apply(_ options: [String: String], at path: FieldPath) {
        let translation = TLSOptionsTranslation(options, at: path)
        notes += translation.notes
        if let problem = translation.problem { fail(problem) }
        tls.options = translation.options
    }

    /// Makes it void.
    mutating func fail(_ problem: Finding) {
        if self.problem == nil { self.problem = problem }
        tls.trust = .authorities([])
    }

    /// A certificate of the backend's own to show to it.
    mutating func show(_ certificate: KeyPair) { tls.clientCertificate = certificate.content }

    private mutating func authorities(
        _ references: [LocalObjectReference], at path: FieldPath, _ refs: CertificateRefs
    ) -> [[UInt8]] {
        var authorities: [[UInt8]] = []
        for (index, reference) in references.enumerated() {
            let object = ObjectReference(group: reference.group, kind: reference.kind, name: reference.name)
            switch refs.authorities(object, at: path.index(index)) {
            case .failure(.notPermitted(let finding)), .failure(.unusable(let finding)):
                failures.append((.invalidCACertificateRef, finding))
            case .failure(.wrongKind(let finding)): failures.append((.invalidKind, finding))
            case .success(let found): if !authorities.contains(found.pem) { authorities.append(found.pem) }
            }
        }
        lacksAuthorities = !references.isEmpty && authorities.isEmpty
        return authorities
    }

    private static func problem(of validation: BackendTLSPolicyValidation, at path: FieldPath) -> Finding? {
        if DNSName(validation.hostname) == nil {
            return Finding(
                .policyHostname, path.field("hostname"), "\"\(validation.hostname)\" is not a DNS name.",
                help: "Write the name that the backend's certificate has.")
        }
        if let index = validation.subjectAltNames.firstIndex(where: { $0.name == nil }) {
            return Finding(
                .policySubjectAltName, path.field("subjectAltNames").index(index),
                "The entry is not a name that certificates are compared with.",
                help: "Write type: Hostname with hostname, or type: URI with uri.")
        }
        let wellKnown = validation.wellKnownCACertificates ?? ""
        if wellKnown.isEmpty, validation.caCertificateRefs.isEmpty {
            return Finding(
                .policyTrust, path, "Nothing says which CA certificates are trusted.",
                help: "Add caCertificateRefs, or wellKnownCACertificates: System.")
        }
        if !wellKnown.isEmpty, !validation.caCertificateRefs.isEmpty {
            return Finding(
                .policyTrust, path, "caCertificateRefs and wellKnownCACertificates exclude each other.",
                help: "Keep one of them.")
        }
        if !wellKnown.isEmpty, wellKnown != BackendTLSPolicyValidation.systemCACertificates {
            return Finding(
                .policyTrust, path.field("wellKnownCACertificates"),
                "\(wellKnown) is not a set of CA certificates that this version knows.", help: "Write System.")
        }
        return nil
    }
}

extension SubjectAltName {
    /// nil for an entry that no certificate can have.
    fileprivate var name: BackendTLS.SubjectAltName? {
        switch type {
        case .hostname: hostname.flatMap(HostnamePattern.init).map { .hostname("\($0)") }
        case .uri: uri.flatMap { $0.contains("://") ? .uri($0) : nil }
        case .unrecognized: nil
        }
    }
}
