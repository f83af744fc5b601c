import KubernetesTypes

/// WR2150...: TLS of listeners and backends.
extension DiagnosticCode {
    /// A TLS option of Weir's own that does not exist, or whose value cannot be had.
    static let tlsOption = DiagnosticCode(2150)
    /// A TLS option of another implementation.
    static let foreignTLSOption = DiagnosticCode(2151)
    /// Cipher suites where only TLS 1.3 is spoken.
    static let uselessCipherSuites = DiagnosticCode(2152)
    /// A mode of `spec.tls.frontend` that is not known here.
    static let clientValidationMode = DiagnosticCode(2153)
    /// An OCSP response that cannot be stapled.
    static let ocspStaple = DiagnosticCode(2154)
}
