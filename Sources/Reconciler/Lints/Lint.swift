package import KubernetesTypes

/// Looks for what is legal, but surely not meant.
///
/// Pure like `reconcile`, and only for people: nothing that is served or written to a status depends on it.
/// - Parameters:
///   - memo: of the reconcile whose objects are looked at.
///   - certificates: what the TLS Secrets hold; those that are missing here are not looked at.
///   - now: decides whether certificates are valid.
package func lint(
    _ memo: Memo, certificates: [ObjectKey: CertificateValidity] = [:], now: Timestamp
) -> [Diagnostic] {
    let context = LintContext(memo, certificates: certificates, now: now)
    return lints.flatMap { $0.diagnostics(context) }.sorted { $0.object < $1.object }
}

/// One kind of mistake, or several that are found together.
protocol Lint: Sendable {
    static func diagnostics(_ context: LintContext) -> [Diagnostic]
}

private let lints: [any (Lint & SendableMetatype).Type] = [
    BackendLint.self, WeightLint.self, ShadowedMatchLint.self, RouteOverlapLint.self, ListenerHostnameLint.self,
    PathReplacementLint.self, RedirectLoopLint.self, RouteParentLint.self, GrantLint.self, CertificateLint.self,
    CertManagerLint.self, MatchValueLint.self, EndpointPortLint.self, StreamOverlapLint.self, StreamWeightLint.self,
    ProxyProtocolLint.self,
]
