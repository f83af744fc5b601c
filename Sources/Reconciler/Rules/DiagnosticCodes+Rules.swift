import KubernetesTypes

/// Rules of routes (WR22xx).
extension DiagnosticCode {
    /// A method that routes cannot match.
    static let unknownMethod = DiagnosticCode(2201)
    /// A match type that does not exist.
    static let unknownMatchType = DiagnosticCode(2202)
    /// A regular expression that is wrong, or larger than allowed.
    static let invalidRegularExpression = DiagnosticCode(2203)
    /// A second match for one header or query parameter.
    static let repeatedMatch = DiagnosticCode(2204)

    /// `timeouts.backendRequest` above `timeouts.request`.
    static let attemptLongerThanRequest = DiagnosticCode(2210)
    /// A retry on a status that is no error.
    static let retryCode = DiagnosticCode(2211)
    /// Less than one retry.
    static let retryAttempts = DiagnosticCode(2212)

    /// Sessions kept by something else than cookie or header, or a cookie with an unknown lifetime.
    static let sessionType = DiagnosticCode(2220)
    /// A session name that no cookie or header can have.
    static let sessionName = DiagnosticCode(2221)
    /// A permanent session cookie without `absoluteTimeout`.
    static let permanentSessionWithoutTimeout = DiagnosticCode(2222)
    /// Two backends of one rule with the same session name.
    static let sessionNameShared = DiagnosticCode(2223)
}
