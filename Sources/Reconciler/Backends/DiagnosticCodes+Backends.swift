import KubernetesTypes

/// References to backends (WR23xx).
extension DiagnosticCode {
    /// A kind that cannot be a backend.
    static let backendKind = DiagnosticCode(2302)
    /// A Service that does not exist.
    static let serviceMissing = DiagnosticCode(2303)
    /// A reference to a Service without a port.
    static let portMissing = DiagnosticCode(2304)
    /// A port that the Service or XBackend does not have.
    static let portNotFound = DiagnosticCode(2305)
    /// A port for UDP or SCTP.
    static let portNotTCP = DiagnosticCode(2306)
    /// A protocol that is not spoken to backends.
    static let backendProtocol = DiagnosticCode(2307)
    /// A Service of type ExternalName where such are refused.
    static let externalNameRefused = DiagnosticCode(2309)
    /// An ExternalName that is no name, or leads to this machine or back into the cluster.
    static let externalNameLocal = DiagnosticCode(2310)

    /// An XBackend of another namespace.
    static let xBackendElsewhere = DiagnosticCode(2320)
    /// An XBackend that does not exist.
    static let xBackendMissing = DiagnosticCode(2321)
    /// An XBackend of a type that is not served.
    static let xBackendType = DiagnosticCode(2322)
    /// An XBackend whose hostname is no name, or leads to this machine or back into the cluster.
    static let xBackendHostname = DiagnosticCode(2323)
    /// An XBackend with a mode of TLS that is not known, or that lacks what it needs.
    static let xBackendTLSMode = DiagnosticCode(2350)
}
