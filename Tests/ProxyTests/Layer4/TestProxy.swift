import Glibc
import Proxy
import Routing
import Telemetry
import Testing

/// A data plane with streams of a test: routes and backends are named, endpoints are ports of loopback.
struct TestProxy {
    let server: ProxyServer
    let port: UInt16

    init(datagrams: Bool = false, _ change: (inout ProxySettings) -> Void = { _ in }) throws {
        var settings = ProxySettings()
        settings.bindAddress = "127.0.0.1"
        settings.workers = 2
        change(&settings)
        server = try ProxyServer(settings: settings)
        port = try TestSocket.freePort(type: datagrams ? SOCK_DGRAM : SOCK_STREAM)
    }

    static let gateway = ObjectName(namespace: "test", name: "web")

    static func id(_ listener: String) -> ListenerID { ListenerID(gateway: gateway, listener: listener) }

    static func backendID(_ name: String) -> BackendID {
        BackendID(service: ObjectName(namespace: "test", name: name), port: 80)
    }

    static func backend(_ name: String, _ ports: UInt16...) -> BackendConfiguration {
        BackendConfiguration(
            id: backendID(name), endpoints: ports.map { Endpoint(host: .address("127.0.0.1"), port: $0) })
    }

    static func route(
        _ name: String, _ kind: StreamRouteConfiguration.Kind = .tcp, _ backends: (String?, UInt32)...
    ) -> StreamRouteConfiguration {
        StreamRouteConfiguration(
            kind: kind, name: ObjectName(namespace: "test", name: name),
            backends: backends.map { name, weight in
                WeightedStreamBackend(weight: weight, destination: name.map { .backend(backendID($0)) } ?? .invalid)
            })
    }

    /// One TCP listener with all routes, in their order.
    func serveTCP(_ routes: [StreamRouteConfiguration], _ backends: [BackendConfiguration]) async {
        let listener = StreamListener(
            id: Self.id("tcp"), mode: .plain,
            routes: routes.indices.map { AttachedStreamRoute(route: $0, hostnames: [.any]) })
        await install(PortConfiguration(port: port, streams: [listener]), routes, backends)
    }

    func install(
        _ ports: PortConfiguration..., routes: [StreamRouteConfiguration], backends: [BackendConfiguration]
    ) async {
        await install(ports, routes, backends)
    }

    func install(
        _ port: PortConfiguration, _ routes: [StreamRouteConfiguration], _ backends: [BackendConfiguration]
    ) async {
        await install([port], routes, backends)
    }

    private func install(
        _ ports: [PortConfiguration], _ routes: [StreamRouteConfiguration], _ backends: [BackendConfiguration]
    ) async {
        let failures = await server.install(
            RoutingConfiguration(ports: ports, streamRoutes: routes, backends: backends))
        #expect(failures.isEmpty)
    }

    func client() throws -> TestSocket { try TestSocket.connected(to: port) }

    /// Waits until the counters say so.
    func eventually(_ condition: (LoopSnapshot) -> Bool) async {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if condition(await server.snapshot()) { return }
            await Task.yield()
        }
        Issue.record("the counters never got there: \(await server.snapshot())")
    }

    /// Closes what is left.
    func stop() async {
        _ = await server.drain(timeout: .zero)
    }
}

extension LoopSnapshot {
    /// The sum over all routes and listeners.
    var allStreams: StreamSeries.Counters {
        streams.values.reduce(into: StreamSeries.Counters()) { $0.add($1) }
    }

    func refused(_ reason: StreamRefusal) -> UInt64 { allStreams.refused[reason.rawValue] }
}
