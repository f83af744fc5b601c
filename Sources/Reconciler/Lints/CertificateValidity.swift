package import KubernetesTypes

/// What there is to know about the certificate of a TLS Secret.
package struct CertificateValidity: Sendable, Hashable {
    /// DNS names and addresses that it is for (subjectAltName), in lower case, wildcards included.
    package var names: [String]
    package var notBefore: Timestamp
    package var notAfter: Timestamp
    /// Whether the private key of the Secret is that of the certificate; nil when one cannot tell.
    package var keyMatches: Bool?
    /// Why it cannot be read; then nothing else counts.
    package var failure: String?

    package init(
        names: [String] = [], notBefore: Timestamp = .epoch, notAfter: Timestamp = .epoch, keyMatches: Bool? = nil,
        failure: String? = nil
    ) {
        self.names = names
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.keyMatches = keyMatches
        self.failure = failure
    }
}
