import KubernetesTypes

/// WR2001...: GatewayClasses, and the classes that Gateways name.
extension DiagnosticCode {
    /// `GatewayClass.spec.parametersRef` is set.
    static let classParameters = DiagnosticCode(2001)
    /// The Gateway's class is not accepted.
    static let classNotAccepted = DiagnosticCode(2002)
    /// The Gateway's class belongs to another controller.
    static let foreignClass = DiagnosticCode(2003)
    /// The Gateway's class does not exist.
    static let missingClass = DiagnosticCode(2004)
}
