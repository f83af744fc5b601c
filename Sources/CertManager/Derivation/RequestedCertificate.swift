package import KubernetesTypes

/// A certificate that somebody asks for: a Certificate, or a Gateway or ListenerSet with cert-manager's annotations.
package struct RequestedCertificate: Sendable, Hashable {
    /// The Certificate, also where cert-manager would make one itself.
    package var key: ObjectKey
    /// Where it is written: the Certificate, Gateway or ListenerSet.
    package var origin: ObjectKey
    /// The field of `origin` that messages about it are at.
    package var path: FieldPath
    /// Decide about the ACME solver.
    package var labels: [String: String]
    package var generation: Int64
    package var spec: CertificateSpec

    package var secret: ObjectKey { ObjectKey(Secret.groupKind, namespace: key.namespace, name: spec.secretName) }
    package var isDerived: Bool { origin != key }

    package init(_ certificate: Certificate) {
        key = certificate.key
        origin = certificate.key
        path = FieldPath("spec")
        labels = certificate.metadata.labels
        generation = certificate.metadata.generation
        spec = certificate.spec
    }

    init(name: String, of metadata: ObjectMeta, origin: ObjectKey, path: FieldPath, spec: CertificateSpec) {
        key = ObjectKey(Certificate.groupKind, namespace: metadata.namespace, name: name)
        self.origin = origin
        self.path = path
        labels = metadata.labels
        generation = metadata.generation
        self.spec = spec
    }
}

/// Something about a request for a certificate that its author should know.
package struct CertificateFinding: Sendable, Hashable {
    package var object: ObjectKey
    package var code: DiagnosticCode
    package var severity: DiagnosticSeverity
    package var path: FieldPath
    package var message: String
    package var help: String

    package init(
        _ code: DiagnosticCode, _ object: ObjectKey, _ path: FieldPath, _ message: String, help: String = "",
        severity: DiagnosticSeverity = .error
    ) {
        self.object = object
        self.code = code
        self.severity = severity
        self.path = path
        self.message = message
        self.help = help
    }

    /// The text for a condition.
    package var text: String { help.isEmpty ? message : "\(message) \(help)" }
}
