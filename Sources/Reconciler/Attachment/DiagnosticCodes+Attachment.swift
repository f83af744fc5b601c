import KubernetesTypes

/// WR2101...: references between namespaces, and what becomes of parentRefs.
extension DiagnosticCode {
    /// A reference into another namespace without a ReferenceGrant.
    static let refNotPermitted = DiagnosticCode(2101)

    /// A parent that does not exist.
    static let missingParent = DiagnosticCode(2110)
    /// A Service as parent: mesh.
    static let meshParent = DiagnosticCode(2111)
    /// A parent of a kind that is not known here.
    static let unknownParentKind = DiagnosticCode(2112)
    /// `sectionName` or `port` select no listener.
    static let noMatchingParent = DiagnosticCode(2113)
    /// No listener takes routes of this kind or namespace.
    static let notAllowedByListeners = DiagnosticCode(2114)
    /// Route and listener have no hostname in common.
    static let noMatchingListenerHostname = DiagnosticCode(2115)
    /// A hostname of a route is an address or otherwise no name.
    static let routeHostname = DiagnosticCode(2116)
}
