package import KubernetesTypes

/// WR2010...: Gateways and listeners.
extension DiagnosticCode {
    /// `Gateway.spec.infrastructure.parametersRef` is set.
    static let gatewayParameters = DiagnosticCode(2010)
    /// A type of address that is not known here.
    static let unsupportedAddress = DiagnosticCode(2011)
    /// A requested address that cannot be used.
    static let unusableAddress = DiagnosticCode(2012)
    /// There is no address for the Gateway.
    static let unassignedAddress = DiagnosticCode(2013)
    /// A label or annotation of `infrastructure` that only the controller may set.
    static let reservedInfrastructureKey = DiagnosticCode(2014)

    /// A protocol that nobody knows.
    static let unknownProtocol = DiagnosticCode(2021)
    /// A listener's hostname is an address or otherwise no name.
    static let listenerHostname = DiagnosticCode(2022)
    /// An HTTPS listener that cannot terminate TLS.
    static let listenerTLS = DiagnosticCode(2023)
    /// Two listeners with one port and hostname.
    static let hostnameConflict = DiagnosticCode(2024)
    /// Two listeners with one port and protocols that cannot share it.
    static let protocolConflict = DiagnosticCode(2025)
    /// The port belongs to another Gateway.
    static let portTaken = DiagnosticCode(2026)
    /// The system did not let us open the port.
    static let portNotOpened = DiagnosticCode(2027)
    /// None of the CA certificates for clients can be used.
    static let noValidCACertificate = DiagnosticCode(2028)
    /// A kind of route that the listener's protocol cannot carry.
    static let invalidRouteKind = DiagnosticCode(2029)

    /// A reference to a certificate names something that is no Secret, or no ConfigMap for CA certificates.
    static let certificateKind = DiagnosticCode(2031)
    /// The Secret or ConfigMap of a certificate does not exist.
    package static let missingCertificate = DiagnosticCode(2032)
    /// The Secret or ConfigMap does not hold what it should.
    static let unusableCertificate = DiagnosticCode(2033)
}
