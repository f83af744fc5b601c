package import KubernetesTypes

/// What there is to know about the certificate of a TLS Secret.
package struct CertificateValidity: Sendable, Hashable {
    /// DNS names and addresses that it is for (subjectAltName), in lower case, wildcards included.
    package var names: [String]
    package var notBefore: Timestamp
    package var notAfter: Timestamp

    package init(names: [String] = [], notBefore: Timestamp = .epoch, notAfter: Timestamp = .epoch) {
        self.names = names
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}
