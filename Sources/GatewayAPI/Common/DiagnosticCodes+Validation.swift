package import KubernetesTypes

/// Rules of the Gateway API's CRDs that are about more than one value (WR11xx listeners and Gateways, WR112x
/// references, WR12xx and WR14xx routes).
extension DiagnosticCode {
    /// Port, protocol and hostname of a listener are those of another one.
    package static let listenerTaken = DiagnosticCode(1101)
    /// `tls` at a listener whose protocol has none.
    package static let tlsOnPlainListener = DiagnosticCode(1102)
    /// An HTTPS listener that does not terminate TLS.
    package static let tlsModeOfHTTPS = DiagnosticCode(1103)
    /// A TLS listener without `tls`.
    package static let tlsMissing = DiagnosticCode(1104)
    /// A hostname at a TCP or UDP listener.
    package static let hostnameOnL4Listener = DiagnosticCode(1105)
    /// A listener that terminates TLS without a certificate.
    package static let certificateMissing = DiagnosticCode(1106)
    /// An address of type IPAddress that is none.
    package static let notAnIPAddress = DiagnosticCode(1107)
    /// The prefix of a label or annotation key is too long.
    package static let keyPrefixTooLong = DiagnosticCode(1108)

    /// A reference to a Service without a port.
    package static let servicePortMissing = DiagnosticCode(1120)
    /// A parentRef names a parent that another one names already.
    package static let parentNamedTwice = DiagnosticCode(1121)

    /// More matches in all rules together than allowed.
    package static let tooManyMatches = DiagnosticCode(1201)
    /// A rule redirects and has backendRefs.
    package static let redirectWithBackends = DiagnosticCode(1202)
    /// RequestRedirect and URLRewrite in one list.
    package static let redirectWithRewrite = DiagnosticCode(1203)
    /// Two filters of a type that may stand only once.
    package static let filterRepeated = DiagnosticCode(1204)
    /// A field that belongs to another `type` or `protocol` than the one set.
    package static let memberOfOtherType = DiagnosticCode(1205)
    /// The field that belongs to the `type` or `protocol` is absent.
    package static let memberMissing = DiagnosticCode(1206)
    /// ReplacePrefixMatch in a rule that does not match exactly one prefix.
    package static let prefixReplacementWithoutPrefix = DiagnosticCode(1207)
    /// A path to match that no request can have, or with characters that no path has.
    package static let invalidPath = DiagnosticCode(1208)
    /// `timeouts.backendRequest` is longer than `timeouts.request`.
    package static let backendTimeoutTooLong = DiagnosticCode(1209)
    /// A permanent session cookie without `absoluteTimeout`.
    package static let permanentCookieWithoutTimeout = DiagnosticCode(1210)
    /// `cookieConfig` at a session that is not kept by cookie.
    package static let cookieConfigWithoutCookie = DiagnosticCode(1211)
    /// A mirror with both `percent` and `fraction`.
    package static let percentAndFraction = DiagnosticCode(1212)
    /// A fraction above one.
    package static let fractionAboveOne = DiagnosticCode(1213)
    /// `*` next to other values.
    package static let wildcardNotAlone = DiagnosticCode(1214)

    /// A policy that names one target twice.
    package static let targetNamedTwice = DiagnosticCode(1301)
    /// `caCertificateRefs` and `wellKnownCACertificates`.
    package static let trustTwice = DiagnosticCode(1302)
    /// Neither of the two.
    package static let trustMissing = DiagnosticCode(1303)
    /// An external hostname that is one of the cluster.
    package static let hostnameOfCluster = DiagnosticCode(1304)
    /// An interval of a retry constraint that is too short or too long.
    package static let intervalOutOfRange = DiagnosticCode(1305)

    /// An IP address among the hostnames of a TLSRoute.
    package static let addressAsServerName = DiagnosticCode(1400)
    /// A method match of a GRPCRoute with neither service nor method.
    package static let serviceAndMethodMissing = DiagnosticCode(1401)
}
