package import KubernetesTypes

/// What is legal, but surely not meant (WR3xxx). Found by `weir check`, never the reason for a condition.
extension DiagnosticCode {
    /// A rule without backendRefs and without redirect answers everything with 500.
    package static let ruleWithoutBackends = DiagnosticCode(3001)
    /// Filters in a rule of their own change no other rule's requests.
    package static let filtersAlone = DiagnosticCode(3002)
    /// backendRefs in a rule of their own, after rules that lack them.
    package static let backendsAlone = DiagnosticCode(3003)
    /// All weights of a rule are zero.
    package static let allWeightsZero = DiagnosticCode(3004)
    /// A rule names one backend twice.
    package static let backendTwice = DiagnosticCode(3005)

    /// An earlier match of the route takes everything.
    package static let matchTaken = DiagnosticCode(3010)
    /// A match of another route of the namespace takes everything, or everything for some host.
    package static let matchTakenByRoute = DiagnosticCode(3011)
    /// Likewise, of a route of another namespace.
    package static let matchTakenByNamespace = DiagnosticCode(3012)
    /// Requests for a hostname go to a more specific listener, where the route is not attached.
    package static let hostnameOfOtherListener = DiagnosticCode(3013)

    /// A new path contains `//`.
    package static let doubleSlash = DiagnosticCode(3020)
    /// A rewrite that changes nothing.
    package static let rewriteWithoutEffect = DiagnosticCode(3021)
    /// `$1` in a new path stands for nothing.
    package static let captureReference = DiagnosticCode(3022)
    /// A redirect leads to itself.
    package static let redirectLoop = DiagnosticCode(3023)

    /// No listener of the route's parents takes one of its hostnames.
    package static let hostnameUnserved = DiagnosticCode(3030)
    /// A route names no parent.
    package static let routeWithoutParents = DiagnosticCode(3031)

    /// Nothing refers to what a grant allows to refer to.
    package static let grantUnused = DiagnosticCode(3040)
    /// A grant points the wrong way.
    package static let grantReversed = DiagnosticCode(3041)

    /// No certificate of a listener is for its hostname.
    package static let certificateForOtherHost = DiagnosticCode(3050)
    /// A certificate has expired, or is not valid yet.
    package static let certificateNotValid = DiagnosticCode(3051)
    /// A certificate expires within 30 days.
    package static let certificateExpires = DiagnosticCode(3052)
    /// No certificate of a listener is for a hostname of one of its routes.
    package static let certificateNotForRoute = DiagnosticCode(3053)

    /// cert-manager passes over a listener of an annotated Gateway.
    package static let certManagerPassesOver = DiagnosticCode(3060)

    /// `*` in a path or value that is compared literally.
    package static let literalPattern = DiagnosticCode(3070)
    /// A regular expression that no path can match.
    package static let expressionNeverMatches = DiagnosticCode(3071)
    /// A regular expression that looks as if it were searched for, but must match the whole.
    package static let expressionIsFullMatch = DiagnosticCode(3072)
    /// A header match on Host, or on a field of one connection.
    package static let hopByHopMatch = DiagnosticCode(3073)

    /// No EndpointSlice of a Service has a port of the name that the Service's port has.
    package static let endpointPortName = DiagnosticCode(3080)

    /// A class that no manifest has.
    package static let classNotInManifests = DiagnosticCode(3090)
    /// A class of another controller.
    package static let classOfOtherController = DiagnosticCode(3091)
}
