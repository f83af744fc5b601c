package import KubernetesTypes

/// cert-manager's kinds: what its webhook refuses (WR148x), and what Weir cannot issue (WR260x).
extension DiagnosticCode {
    /// A Certificate for nobody.
    package static let certificateWithoutNames = DiagnosticCode(1480)
    /// duration, renewBefore and renewBeforePercentage do not fit together.
    package static let certificateTimes = DiagnosticCode(1481)
    /// An Issuer without a type, or with several.
    package static let issuerType = DiagnosticCode(1482)
    /// A key size that the algorithm does not have.
    package static let privateKeySize = DiagnosticCode(1483)

    /// The issuer of a Certificate is not among the manifests.
    package static let issuerMissing = DiagnosticCode(2600)
    /// The issuer is of a type that Weir does not serve.
    package static let issuerNotSupported = DiagnosticCode(2601)
    /// Two Certificates put their result into the same Secret.
    package static let secretOfTwoCertificates = DiagnosticCode(2602)
    /// The files have the Secret already.
    package static let secretInManifests = DiagnosticCode(2603)
    /// A name cannot be proven to the ACME server by what the issuer's solvers say, or by Weir at all.
    package static let challengeNotSupported = DiagnosticCode(2604)
    /// An ACME issuer, and no directory to keep accounts and certificates in.
    package static let stateDirectoryMissing = DiagnosticCode(2605)
    /// An annotation that decides about the certificate has a value that cannot be used.
    package static let certificateAnnotation = DiagnosticCode(2606)
    /// Secrets of other namespaces are not filled.
    package static let certificateForOtherNamespace = DiagnosticCode(2607)
    /// The last attempt to issue a certificate failed.
    package static let issuanceFailed = DiagnosticCode(2608)
    /// The Secret of an issuer is missing or cannot be used.
    package static let issuerSecret = DiagnosticCode(2609)
    /// What stood in the state directory could not be read and was set aside.
    package static let stateSetAside = DiagnosticCode(2610)
    /// The state directory cannot be written.
    package static let stateNotWritten = DiagnosticCode(2611)
}
