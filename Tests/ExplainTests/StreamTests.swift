import Explain
import Routing
import Testing

/// Connections that TCPRoutes and TLSRoutes have.
@Suite struct StreamTests {
    private static func route(
        _ kind: StreamRouteConfiguration.Kind, _ name: String, _ backends: (String, UInt32)...
    ) -> StreamRouteConfiguration {
        StreamRouteConfiguration(
            kind: kind, name: ObjectName(namespace: "ns", name: name),
            backends: backends.map { WeightedStreamBackend(weight: $1, destination: .backend(backend($0))) })
    }

    private static func listener(
        _ name: String, _ mode: StreamListener.Mode, _ hostname: HostnamePattern = .any,
        _ routes: [AttachedStreamRoute]
    ) -> StreamListener {
        StreamListener(
            id: ListenerID(gateway: ObjectName(namespace: "ns", name: "gw"), listener: name), hostname: hostname,
            mode: mode, routes: routes)
    }

    private static func name(_ text: String) throws -> HostnamePattern { try #require(HostnamePattern(text)) }

    private static func configuration() throws -> RoutingConfiguration {
        let tls = try [
            listener(
                "wide", .passthrough, name("*.example.com"),
                [
                    AttachedStreamRoute(route: 1, hostnames: [name("*.example.com")]),
                    AttachedStreamRoute(route: 2, hostnames: [name("db.example.com")]),
                ]),
            listener("empty", .passthrough, name("empty.example.com"), []),
        ]
        return RoutingConfiguration(
            ports: [
                PortConfiguration(
                    port: 9000,
                    streams: [
                        listener(
                            "tcp", .plain, .any,
                            [
                                AttachedStreamRoute(route: 0, hostnames: [.any]),
                                AttachedStreamRoute(route: 3, hostnames: [.any]),
                            ])
                    ]),
                PortConfiguration(port: 443, streams: tls),
            ],
            streamRoutes: [
                route(.tcp, "older", ("a", 3), ("b", 1), ("c", 0)), route(.tls, "wide", ("a", 1)),
                route(.tls, "db", ("b", 1)), route(.tcp, "newer", ("c", 1)),
            ])
    }

    @Test func `a TCP listener passes on whatever comes, to the oldest route`() throws {
        for url in ["http://any:9000/", "https://any:9000/"] {
            let explanation = try explain(Self.configuration(), url)
            #expect(explanation.verdict.reason == .stream)
            #expect(explanation.verdict.outcome == .forwarded)
            #expect(explanation.verdict.message.contains("TCPRoute ns/older to ns/a:8080 (75 %), ns/b:8080 (25 %)."))
        }
    }

    @Test(arguments: [("db.example.com", "TLSRoute ns/db to ns/b"), ("www.example.com", "TLSRoute ns/wide to ns/a")])
    func `the server name decides about the route`(host: String, message: String) throws {
        let explanation = try explain(Self.configuration(), "https://\(host)/")
        #expect(explanation.verdict.outcome == .forwarded)
        #expect(explanation.verdict.message.contains(message))
    }

    @Test func `without a route the connection is closed`() throws {
        let explanation = try explain(Self.configuration(), "https://empty.example.com/")
        #expect(explanation.verdict.reason == .stream)
        #expect(explanation.verdict.outcome == .refused)
        #expect(try explain(Self.configuration(), "https://example.net/").verdict.reason == .noPort)
    }
}
