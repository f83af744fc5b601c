import Explain
import Routing
import Testing

@Suite struct TLSTests {
    private let tls = ListenerTLS(certificates: [])

    /// Listeners for everything, `a.example.com` and `*.example.com` on port 443, each with the same route.
    private func configuration(
        validation: ClientCertificateValidation? = nil, backend: BackendTLS? = nil, identity: ObjectName? = nil
    ) throws -> RoutingConfiguration {
        var id = Self.app
        id.identity = identity
        let hostnames: [(String, HostnamePattern)] = [
            ("all", .any), ("a", try pattern("a.example.com")), ("wild", try pattern("*.example.com")),
        ]
        return RoutingConfiguration(
            ports: [
                PortConfiguration(
                    port: 443,
                    listeners: hostnames.map { listener, hostname in
                        ListenerConfiguration(
                            id: ListenerID(gateway: name("gateway"), listener: listener), hostname: hostname, tls: tls,
                            routes: [AttachedRoute(route: 0, hostnames: [hostname])])
                    }, clientValidation: validation)
            ],
            routes: [
                RouteConfiguration(
                    name: name("route"),
                    rules: [
                        rule(
                            0, [RequestMatch(path: .prefix("/app"))],
                            to: [WeightedBackend(destination: .backend(id))]),
                        RuleConfiguration(
                            index: 1, matches: [RequestMatch()],
                            action: .redirect(RequestRedirect(hostname: "b.example"))),
                    ])
            ], backends: [BackendConfiguration(id: id, endpoints: [endpoint("10.0.0.1")], tls: backend)])
    }

    private static let app = backend("app")

    @Test func `an https URL is answered by the listener for its host`() throws {
        let explanation = try explain(configuration(), "https://b.example.com/app")
        #expect(explanation.verdict.outcome == .forwarded)
        #expect(explanation.listeners.first { $0.result == .chosen }?.name == "wild")
        let request = explanation.backends.first?.request
        #expect(request?.headers.contains(ExplainRequest.Field(name: "X-Forwarded-Proto", value: "https")) == true)
    }

    @Test func `a redirect keeps the scheme`() throws {
        let explanation = try explain(configuration(), "https://x.org/other")
        #expect(explanation.redirect?.location == "https://b.example/other")
    }

    @Test func `plain requests get no answer on a port with TLS, nor the other way round`() throws {
        let plain = try explain(configuration(), "http://a.example.com:443/")
        #expect(plain.verdict.reason == .noPort)
        #expect(plain.verdict.message.contains("HTTPS on 443"))
    }

    @Test(arguments: [
        ("a.example.com", "a.example.com", false), ("a.example.com", "b.example.com", true),
        ("b.example.com", "c.example.com", false), ("b.example.com", "x.org", true), ("x.org", "y.org", false),
    ])
    func `a host of another listener is misdirected`(serverName: String, host: String, isMisdirected: Bool) throws {
        let explanation = try explain(
            configuration(), "https://\(serverName)/app", headers: [("Host", host)])
        #expect((explanation.verdict.reason == .misdirected) == isMisdirected)
        #expect(explanation.verdict.status == (isMisdirected ? 421 : nil))
    }

    @Test func `without a listener for the name there is no handshake`() throws {
        var configuration = try configuration()
        configuration.ports[0].listeners.removeFirst()
        let explanation = try explain(configuration, "https://x.org/app")
        #expect(explanation.verdict.reason == .noListener)
        #expect(explanation.verdict.status == nil)
    }

    @Test func `that clients need a certificate is said`() throws {
        let validation = ClientCertificateValidation(mode: .allowValidOnly, authorities: [])
        let explanation = try explain(configuration(validation: validation), "https://x.org/app")
        #expect(explanation.problems.contains { $0.message.contains("valid certificate") })
    }

    @Test func `a backend is reached over TLS, with the certificate of a Gateway, or not at all`() throws {
        let tls = BackendTLS(serverName: "app.internal", trust: .system)
        let secured = try explain(
            configuration(backend: tls, identity: name("gateway")), "https://x.org/app")
        #expect(secured.backends.first?.tls?.serverName == "app.internal")
        #expect(secured.backends.first?.tls?.identity == "ns/gateway")
        let void = BackendTLS(serverName: "app.internal", trust: .authorities([]))
        let refused = try explain(configuration(backend: void), "https://x.org/app")
        #expect(refused.verdict.reason == .invalidBackendTLS)
        #expect(refused.verdict.status == 502)
    }

    @Test func `a backend that is taken to have endpoints has them for every Gateway`() throws {
        var configuration = try configuration(identity: name("gateway"))
        configuration.backends[0].endpoints = []
        let settings = Explainer.Settings(backendsWithAssumedEndpoints: [backend("app")])
        #expect(try explain(configuration, "https://x.org/app", settings: settings).verdict.outcome == .forwarded)
    }
}
