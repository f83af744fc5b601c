package import KubernetesTypes

/// The private CA of `--local-ca` as an issuer: it makes what no manifest asks for, and stands in for issuers that cannot
/// be used, ACME servers among them, which could not reach a laptop anyway.
package enum LocalAuthority {
    /// In messages it reads `LocalCA weir`.
    package static let reference = IssuerReference(name: "weir", kind: "LocalCA", group: "")
    static let key = ObjectKey(group: "", kind: "LocalCA", namespace: "", name: "weir")
    /// Where `CertManagerObjects.secrets` has it: in no namespace, so that no manifest can name it.
    package static let secret = ObjectKey(Secret.groupKind, namespace: "", name: "weir-local-ca")
}

extension RequestedCertificate {
    /// A certificate that nobody has written down.
    package init(localFor secret: ObjectKey, origin: ObjectKey, path: FieldPath, spec: CertificateSpec) {
        self.init(
            name: secret.name, of: ObjectMeta(name: secret.name, namespace: secret.namespace), origin: origin,
            path: path, spec: spec)
    }
}
