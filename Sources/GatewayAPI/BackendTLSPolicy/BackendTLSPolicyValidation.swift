import KubernetesTypes

/// `BackendTLSPolicy.spec.validation` and `XBackend.spec.tls.validation`: whom the Gateway takes for the backend.
package struct BackendTLSPolicyValidation: Sendable, Hashable {
    /// At most 8, in the namespace of the policy. Either these or `wellKnownCACertificates`.
    package var caCertificateRefs: [LocalObjectReference]
    /// `System`, or a domain-prefixed name. nil and empty mean the same.
    package var wellKnownCACertificates: String?
    /// The SNI, and the name in the certificate unless `subjectAltNames` are given.
    package var hostname: String
    /// At most 5; the certificate must have one of them.
    package var subjectAltNames: [SubjectAltName]

    /// The CA certificates that the system trusts.
    package static let systemCACertificates = "System"

    package init(
        caCertificateRefs: [LocalObjectReference] = [], wellKnownCACertificates: String? = nil, hostname: String,
        subjectAltNames: [SubjectAltName] = []
    ) {
        self.caCertificateRefs = caCertificateRefs
        self.wellKnownCACertificates = wellKnownCACertificates
        self.hostname = hostname
        self.subjectAltNames = subjectAltNames
    }
}

/// `validation.subjectAltNames[]`.
package struct SubjectAltName: Sendable, Hashable {
    package var type: SubjectAltNameType
    /// Set exactly for the type Hostname; `*.` allowed in front.
    package var hostname: String?
    /// Set exactly for the type URI, with a scheme.
    package var uri: String?

    package init(type: SubjectAltNameType, hostname: String? = nil, uri: String? = nil) {
        self.type = type
        self.hostname = hostname
        self.uri = uri
    }
}

/// `validation.subjectAltNames[].type`.
package enum SubjectAltNameType: OpenEnum {
    case hostname
    case uri
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [SubjectAltNameType] = [.hostname, .uri]

    package var rawValue: String {
        switch self {
        case .hostname: "Hostname"
        case .uri: "URI"
        case .unrecognized(let value): value
        }
    }
}
