import KubernetesTypes

/// WR2040...: ListenerSets.
extension DiagnosticCode {
    /// The Gateway's `allowedListeners` does not admit the set.
    static let listenerSetNotAllowed = DiagnosticCode(2040)
    /// The set's Gateway does not exist.
    static let missingGateway = DiagnosticCode(2041)
    /// The set's parent is no Gateway.
    static let listenerSetParentKind = DiagnosticCode(2042)
    /// The set's Gateway is not accepted, or has nothing to serve it with.
    static let gatewayNotAccepted = DiagnosticCode(2043)
}
