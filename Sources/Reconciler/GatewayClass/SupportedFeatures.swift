package import GatewayAPI

/// The features of Gateway API v1.6.1 (`pkg/features`), and whether this version passes the conformance tests that need
/// them. What is published in `GatewayClass.status.supportedFeatures` comes from here and nowhere else.
///
/// A feature is claimed when every test that names it holds by our own tests (docs/conformance.md lists them row by
/// row). Core features stay unclaimed for as long as one of their rows does not hold, extended ones are claimed on their
/// own: each is a true statement, and the conformance suite runs their tests as soon as the core feature joins them.
package enum SupportedFeatures {
    /// What keeps a feature from being claimed.
    package enum Obstacle: String, Sendable, Hashable {
        case cluster = "needs Gateways in a cluster"
        case mesh = "mesh traffic is not served yet"
    }

    package struct Entry: Sendable, Hashable {
        package var name: String
        /// nil: claimed.
        package var obstacle: Obstacle?
    }

    /// All 58 features, ascending by name.
    package static let all: [Entry] = entries.sorted { $0.name < $1.name }

    /// The claimed ones, ascending by name: what the status publishes.
    package static let claimed: [SupportedFeature] =
        all.filter { $0.obstacle == nil }.map { SupportedFeature(name: $0.name) }

    private static func claim(_ names: String...) -> [Entry] { names.map { Entry(name: $0, obstacle: nil) } }

    private static func wait(_ obstacle: Obstacle, _ names: String...) -> [Entry] {
        names.map { Entry(name: $0, obstacle: obstacle) }
    }

    private static let entries: [Entry] = gateway + route + policy + otherRoutes + mesh

    private static let gateway: [Entry] =
        claim(
            "Gateway", "GatewayAddressEmpty", "GatewayBackendClientCertificate",
            "GatewayFrontendClientCertificateValidation", "GatewayFrontendClientCertificateValidationInsecureFallback",
            "GatewayHTTPListenerIsolation", "GatewayHTTPSListenerDetectMisdirectedRequests", "GatewayPort8080",
            "GatewayStaticAddresses", "ListenerSet", "ReferenceGrant")
        + wait(.cluster, "GatewayInfrastructurePropagation")

    private static let route: [Entry] =
        claim(
            "HTTPRoute", "HTTPRoute303RedirectStatusCode", "HTTPRoute307RedirectStatusCode",
            "HTTPRoute308RedirectStatusCode",
            "HTTPRouteBackendProtocolH2C", "HTTPRouteBackendProtocolWebSocket",
            "HTTPRouteBackendRequestHeaderModification", "HTTPRouteBackendTimeout", "HTTPRouteCORS",
            "HTTPRouteDestinationPortMatching", "HTTPRouteHostRewrite", "HTTPRouteMethodMatching",
            "HTTPRouteNamedRouteRule", "HTTPRouteParentRefPort", "HTTPRoutePathRedirect", "HTTPRoutePathRewrite",
            "HTTPRoutePortRedirect",
            "HTTPRouteQueryParamMatching", "HTTPRouteRequestMirror", "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror", "HTTPRouteRequestTimeout", "HTTPRouteResponseHeaderModification",
            "HTTPRouteRetry", "HTTPRouteRetryBackendTimeout", "HTTPRouteRetryConnectionError",
            "HTTPRouteSchemeRedirect")

    private static let policy: [Entry] = claim("BackendTLSPolicy", "BackendTLSPolicySANValidation")

    private static let otherRoutes: [Entry] =
        claim(
            "GRPCRoute", "GRPCRouteNamedRouteRule", "TLSRoute", "TLSRouteModeTerminate", "TLSRouteModeMixed",
            "TCPRoute", "UDPRoute")

    private static let mesh: [Entry] = wait(
        .mesh, "Mesh", "MeshClusterIPMatching", "MeshConsumerRoute", "MeshHTTPRouteBackendRequestHeaderModification",
        "MeshHTTPRouteNamedRouteRule", "MeshHTTPRouteQueryParamMatching", "MeshHTTPRouteRedirectPath",
        "MeshHTTPRouteRedirectPort", "MeshHTTPRouteRewritePath", "MeshHTTPRouteSchemeRedirect")
}
