import KubernetesTypes

/// Policies on backends (WR24xx).
extension DiagnosticCode {
    /// A policy that loses against another one for the same target.
    static let policyConflicted = DiagnosticCode(2401)
    /// A policy for a Service or port that does not exist.
    static let policyTargetMissing = DiagnosticCode(2402)
    /// A policy for a kind that it cannot be for.
    static let policyTargetKind = DiagnosticCode(2403)
    /// A TLS policy for ports that are not TCP.
    static let policyWithoutTCP = DiagnosticCode(2404)
    /// A policy with more Gateways than its status can hold.
    static let ancestorsFull = DiagnosticCode(2405)

    /// A BackendTLSPolicy whose hostname is no DNS name.
    static let policyHostname = DiagnosticCode(2410)
    /// A BackendTLSPolicy with an unusable entry in `subjectAltNames`.
    static let policySubjectAltName = DiagnosticCode(2411)
    /// A BackendTLSPolicy that does not say what it trusts, or says it in a way that is not known.
    static let policyTrust = DiagnosticCode(2412)

    /// A retry budget with a number or interval out of range.
    static let retryBudget = DiagnosticCode(2420)
}
