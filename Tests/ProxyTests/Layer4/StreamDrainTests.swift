import Routing
import Telemetry
import Testing

@testable import Proxy

@Suite struct StreamDrainTests {
    @Test func `a connection outlives reloads as long as its endpoint stays`() async throws {
        let proxy = try TestProxy { $0.endpointDrainTimeout = .zero }
        let server = try TestServer.echo()
        await proxy.serveTCP([TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", server.port)])
        let client = try proxy.client()
        try await blocking { try client.write("one") }
        #expect(try await blocking { try client.readText(3) } == "one")
        // Another route, another backend, and even no listener: the endpoint is still somebody's.
        let backends = [TestProxy.backend("a", server.port), TestProxy.backend("b", server.port)]
        await proxy.serveTCP([TestProxy.route("r2", .tcp, ("b", 1))], backends)
        await proxy.install(routes: [], backends: backends)
        try await blocking { try client.write("two") }
        #expect(try await blocking { try client.readText(3) } == "two")
        #expect(throws: (any Error).self) { try proxy.client() }
        await proxy.stop()
    }

    @Test func `a connection ends some time after its endpoint left`() async throws {
        let proxy = try TestProxy { $0.endpointDrainTimeout = .milliseconds(50) }
        let (leaving, staying) = (try TestServer.echo(), try TestServer.echo())
        let route = TestProxy.route("r", .tcp, ("a", 1))
        await proxy.serveTCP([route], [TestProxy.backend("a", leaving.port)])
        let client = try proxy.client()
        try await blocking { try client.write("one") }
        #expect(try await blocking { try client.readText(3) } == "one")
        await proxy.serveTCP([route], [TestProxy.backend("a", staying.port)])
        #expect(try await blocking { try client.isReset() })
        await proxy.eventually { $0.allStreams.active == 0 }
        let next = try proxy.client()
        try await blocking { try next.write("two") }
        #expect(try await blocking { try next.readText(3) } == "two")
        #expect(staying.connectionCount == 1)
        await proxy.stop()
    }

    @Test func `a connection goes on when its endpoint comes back in time`() async throws {
        let proxy = try TestProxy { $0.endpointDrainTimeout = .milliseconds(100) }
        let (server, other) = (try TestServer.echo(), try TestServer.echo())
        let route = TestProxy.route("r", .tcp, ("a", 1))
        await proxy.serveTCP([route], [TestProxy.backend("a", server.port)])
        let client = try proxy.client()
        try await blocking { try client.write("one") }
        #expect(try await blocking { try client.readText(3) } == "one")
        await proxy.serveTCP([route], [TestProxy.backend("a", other.port)])
        await proxy.serveTCP([route], [TestProxy.backend("a", server.port)])
        // One that leaves later and does not come back is cut off: by then the first deadline is over, too.
        let second = try TestProxy { $0.endpointDrainTimeout = .milliseconds(200) }
        await second.serveTCP([route], [TestProxy.backend("a", server.port)])
        let witness = try second.client()
        try await blocking { try witness.write("one") }
        #expect(try await blocking { try witness.readText(3) } == "one")
        await second.serveTCP([route], [TestProxy.backend("a", other.port)])
        #expect(try await blocking { try witness.isReset() })
        try await blocking { try client.write("two") }
        #expect(try await blocking { try client.readText(3) } == "two")
        await proxy.stop()
        await second.stop()
    }

    @Test func `draining waits for connections`() async throws {
        let proxy = try TestProxy()
        let server = try TestServer.echo()
        await proxy.serveTCP([TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", server.port)])
        let client = try proxy.client()
        try await blocking { try client.write("one") }
        #expect(try await blocking { try client.readText(3) } == "one")
        async let drained = proxy.server.drain(timeout: .seconds(20))
        while await !proxy.server.isDraining { await Task.yield() }
        try await blocking { try client.write("two") }
        #expect(try await blocking { try client.readText(3) } == "two")
        client.finish()
        #expect(try await blocking { try client.isClosedByPeer() })
        #expect(await drained)
    }

    @Test func `draining ends what does not end by itself`() async throws {
        let proxy = try TestProxy()
        let server = try TestServer.echo()
        await proxy.serveTCP([TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", server.port)])
        let client = try proxy.client()
        try await blocking { try client.write("one") }
        #expect(try await blocking { try client.readText(3) } == "one")
        #expect(await !proxy.server.drain(timeout: .milliseconds(10)))
        #expect(try await blocking { try client.isReset() })
    }

    @Test func `a connection that rests too long ends when that is asked for`() async throws {
        let proxy = try TestProxy { $0.streamIdleTimeout = .milliseconds(50) }
        let server = try TestServer.echo()
        await proxy.serveTCP([TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", server.port)])
        #expect(try await blocking { try proxy.client().isReset() })
        await proxy.stop()
    }
}
