import KubernetesTypes

/// WR2500...: TLSRoutes, TCPRoutes and UDPRoutes.
extension DiagnosticCode {
    /// A second rule of a route that has one.
    static let surplusRule = DiagnosticCode(2500)
    /// A backend of a UDPRoute that is not for UDP.
    static let portNotUDP = DiagnosticCode(2501)
}
