import KubernetesTypes

/// Filters of rules and backendRefs (WR223x to WR227x).
extension DiagnosticCode {
    /// A filter that does not exist.
    static let unknownFilter = DiagnosticCode(2230)
    /// An ExtensionRef to something that is no filter of this version.
    static let unknownExtension = DiagnosticCode(2231)
    /// A filter whose settings are missing.
    static let filterWithoutSettings = DiagnosticCode(2232)
    /// A filter that can stand at rules only.
    static let filterOfBackend = DiagnosticCode(2233)
    /// Two filters of one type.
    static let filterRepeatedInRule = DiagnosticCode(2234)
    /// RequestRedirect beside URLRewrite.
    static let redirectAndRewrite = DiagnosticCode(2235)

    /// A modifier for a header whose name cannot be one.
    static let headerName = DiagnosticCode(2240)
    /// A header value with control characters.
    static let headerValue = DiagnosticCode(2241)
    /// A second entry for one header.
    static let repeatedHeader = DiagnosticCode(2242)
    /// A header that belongs to the connection or frames the message.
    static let connectionHeader = DiagnosticCode(2243)
    /// Host, changed in a way that requests or responses do not allow.
    static let hostNotChanged = DiagnosticCode(2244)
    /// Host, set by a header modifier and by a rewrite.
    static let hostSetTwice = DiagnosticCode(2245)

    /// A path modifier that does not exist or has no value.
    static let pathModifier = DiagnosticCode(2250)
    /// A replacement that is no path.
    static let notAPath = DiagnosticCode(2251)
    /// A prefix is to be replaced where none was matched.
    static let prefixNotMatched = DiagnosticCode(2252)
    /// A hostname of a filter that is no DNS name.
    static let notAHostname = DiagnosticCode(2253)
    /// A redirect with another status than 301, 302, 303, 307 or 308.
    static let redirectStatus = DiagnosticCode(2254)
    /// A redirect to another scheme than http or https.
    static let redirectScheme = DiagnosticCode(2255)

    /// A share of requests to mirror that is none.
    static let mirrorShare = DiagnosticCode(2260)
    /// An entry of `allowOrigins` that is no origin.
    static let corsOrigin = DiagnosticCode(2261)
    /// A method or header of a CORS filter that is no name.
    static let corsName = DiagnosticCode(2262)
    /// `maxAge` below 1.
    static let corsMaxAge = DiagnosticCode(2263)
    /// `exposeHeaders: ["*"]` together with credentials.
    static let corsExposeAll = DiagnosticCode(2264)

    /// ExternalAuth with protocol GRPC.
    static let externalAuthOverGRPC = DiagnosticCode(2270)
    /// ExternalAuth with a protocol that does not exist.
    static let externalAuthProtocol = DiagnosticCode(2271)
    /// ExternalAuth with a path that is none.
    static let externalAuthPath = DiagnosticCode(2272)
    /// ExternalAuth with a header name that is none.
    static let externalAuthHeader = DiagnosticCode(2273)
    /// ExternalAuth with a negative size.
    static let externalAuthBody = DiagnosticCode(2274)
    /// A second ExternalAuth filter in one list.
    static let secondExternalAuth = DiagnosticCode(2275)
}
