/// How the match of one request went: every candidate of the port in order of precedence, with the conditions that did
/// not hold. What a table answers and why, for people; `RoutingMatcher.match` is what requests use.
package struct MatchTrace: Sendable {
    /// A hostname pattern of the port, with the listener that owns it.
    package struct Hostname: Sendable {
        /// As `HostnamePattern.description` writes it.
        package var pattern: String
        /// Index into the port's listeners.
        package var listener: Int
        /// Whether it takes the request's host and belongs to the listener that was chosen: its candidates are looked
        /// at. False for all others, whose candidates fail for the hostname.
        package var isTried: Bool
    }

    /// One match of one rule for one hostname pattern.
    package struct Candidate: Sendable {
        /// Index into `hostnames`.
        package var hostname: Int
        /// Index into `RoutingConfiguration.routes`.
        package var route: Int
        /// `RuleConfiguration.index`.
        package var rule: Int
        /// Index into `RuleConfiguration.matches`.
        package var match: Int
        /// Conditions that do not hold, in the order in which a person would check them: hostname, kind, path,
        /// method, headers, query parameters. Empty when the candidate takes the request.
        package var failures: [Condition]
    }

    /// Something that a candidate demands of a request.
    package enum Condition: Sendable, Hashable {
        case hostname
        /// The kind of the route: a GRPCRoute takes gRPC requests only, and where there is one for the host an HTTPRoute
        /// takes none.
        case kind
        case path
        case method
        /// The name in lower case.
        case header(String)
        case queryParameter(String)
    }

    /// Index into the port's listeners; -1 when none takes the host.
    package var listener: Int
    /// Those that are tried first, in the order of the trial; then the others, the more specific ones first.
    package var hostnames: [Hostname]
    /// Those that are tried first, in order of precedence; then those of the other hostnames.
    package var candidates: [Candidate]
    /// Index into `candidates`: the first without failures. nil when no rule takes the request.
    package var winner: Int?
    /// `MatchOutcome.prefixLength` of the winner.
    package var prefixLength: Int
}
