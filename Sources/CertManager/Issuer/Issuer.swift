package import KubernetesTypes

/// `cert-manager.io/v1` Issuer: who signs the Certificates of its namespace.
package struct Issuer: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(group: certManagerGroup, version: "v1", kind: "Issuer")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: IssuerSpec

    package init(metadata: ObjectMeta, spec: IssuerSpec) {
        self.metadata = metadata
        self.spec = spec
    }
}

/// `cert-manager.io/v1` ClusterIssuer: an Issuer for all namespaces.
package struct ClusterIssuer: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: certManagerGroup, version: "v1", kind: "ClusterIssuer")
    package static let isNamespaced = false
    /// Where the Secrets stand that it names: cert-manager's "cluster resource namespace" of a default installation.
    package static let resourceNamespace = "cert-manager"

    package var metadata: ObjectMeta
    package var spec: IssuerSpec

    package init(metadata: ObjectMeta, spec: IssuerSpec) {
        self.metadata = metadata
        self.spec = spec
    }
}

/// `Issuer.spec`: exactly one member is set.
package struct IssuerSpec: Sendable, Hashable {
    package var selfSigned: SelfSignedIssuer?
    package var ca: CAIssuer?
    package var acme: ACMEIssuer?
    /// The names of members that cert-manager knows and Weir does not serve, such as `vault`.
    package var others: [String]

    package init(
        selfSigned: SelfSignedIssuer? = nil, ca: CAIssuer? = nil, acme: ACMEIssuer? = nil, others: [String] = []
    ) {
        self.selfSigned = selfSigned
        self.ca = ca
        self.acme = acme
        self.others = others
    }
}

/// `Issuer.spec.selfSigned`: every certificate is signed with its own key.
package struct SelfSignedIssuer: Sendable, Hashable {
    package init() {}
}

/// `Issuer.spec.ca`.
package struct CAIssuer: Sendable, Hashable {
    /// Has `tls.crt` and `tls.key` of the CA.
    package var secretName: String

    package init(secretName: String) {
        self.secretName = secretName
    }
}
