import Glibc
import Routing
import Telemetry
import Testing

@testable import Proxy

@Suite struct TCPRelayTests {
    @Test func `bytes go both ways and a half-closed connection still brings the answer`() async throws {
        let proxy = try TestProxy()
        let server = try TestServer { connection in
            let all = try connection.readToEnd()
            try connection.write("got \(all.count)")
        }
        await proxy.serveTCP([TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", server.port)])
        let answer = try await blocking {
            let client = try proxy.client()
            try client.write([UInt8](repeating: 7, count: 100_000))
            client.finish()
            return try client.readToEnd()
        }
        #expect(String(decoding: answer, as: UTF8.self) == "got 100000")
        await proxy.eventually { $0.allStreams.active == 0 && $0.counters.connectionsActive == 0 }
        let sum = await proxy.server.snapshot().allStreams
        #expect(sum.bytesReceived == 100_000)
        #expect(sum.bytesSent == 10)
        #expect(sum.opened == 1)
        await proxy.stop()
    }

    @Test func `a server may speak first`() async throws {
        let proxy = try TestProxy()
        let server = try TestServer.greeting("220 ready")
        await proxy.serveTCP([TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", server.port)])
        let greeting = try await blocking { try proxy.client().readToEnd() }
        #expect(String(decoding: greeting, as: UTF8.self) == "220 ready")
        await proxy.stop()
    }

    @Test func `much data arrives unchanged in both directions at once`() async throws {
        let proxy = try TestProxy()
        let server = try TestServer.echo()
        await proxy.serveTCP([TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", server.port)])
        let sent = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        let client = try proxy.client()
        async let received = blocking { try client.readToEnd() }
        try await blocking {
            try client.write(sent)
            client.finish()
        }
        #expect(try await received == sent)
        await proxy.stop()
    }

    @Test func `only the oldest route of a listener gets connections`() async throws {
        let proxy = try TestProxy()
        let older = try TestServer.greeting("old")
        let newer = try TestServer.greeting("new")
        await proxy.serveTCP(
            [TestProxy.route("r1", .tcp, ("a", 1)), TestProxy.route("r2", .tcp, ("b", 1))],
            [TestProxy.backend("a", older.port), TestProxy.backend("b", newer.port)])
        try await blocking {
            for _ in 0..<50 { _ = try proxy.client().readToEnd() }
        }
        #expect(older.connectionCount == 50)
        #expect(newer.connectionCount == 0)
        await proxy.stop()
    }

    @Test func `connections are shared out by weight, and weight 0 gets none`() async throws {
        let proxy = try TestProxy()
        let servers = [try TestServer.greeting("a"), try TestServer.greeting("b"), try TestServer.greeting("c")]
        await proxy.serveTCP(
            [TestProxy.route("r", .tcp, ("a", 70), ("b", 30), ("c", 0))],
            zip(["a", "b", "c"], servers).map { TestProxy.backend($0, $1.port) })
        try await blocking {
            for _ in 0..<500 { _ = try proxy.client().readToEnd() }
        }
        #expect(abs(servers[0].connectionCount - 350) <= 25)
        #expect(abs(servers[1].connectionCount - 150) <= 25)
        #expect(servers[2].connectionCount == 0)
        await proxy.stop()
    }

    @Test func `the share of an invalid backend is reset`() async throws {
        let proxy = try TestProxy()
        let server = try TestServer.greeting("ok")
        await proxy.serveTCP(
            [TestProxy.route("r", .tcp, ("a", 1), (nil, 1))], [TestProxy.backend("a", server.port)])
        let resets = try await blocking {
            var resets = 0
            for _ in 0..<100 where try proxy.client().isReset() { resets += 1 }
            return resets
        }
        #expect(abs(resets - 50) <= 5)
        #expect(await proxy.server.snapshot().refused(.noBackend) == UInt64(resets))
        await proxy.stop()
    }

    @Test(arguments: [
        ([], StreamRefusal.noRoute), ([TestProxy.route("r")], .noBackend),
        ([TestProxy.route("r", .tcp, ("a", 0))], .noBackend), ([TestProxy.route("r", .tcp, ("a", 1))], .noEndpoint),
    ])
    func `a listener without a usable backend resets connections`(
        routes: [StreamRouteConfiguration], reason: StreamRefusal
    ) async throws {
        let proxy = try TestProxy()
        await proxy.serveTCP(routes, [TestProxy.backend("a")])
        #expect(try await blocking { try proxy.client().isReset() })
        #expect(await proxy.server.snapshot().refused(reason) == 1)
        await proxy.stop()
    }

    @Test func `when an endpoint cannot be reached another one is tried`() async throws {
        let proxy = try TestProxy()
        let server = try TestServer.greeting("alive")
        await proxy.serveTCP(
            [TestProxy.route("r", .tcp, ("a", 1))],
            [TestProxy.backend("a", try TestSocket.freePort(), server.port)])
        try await blocking {
            for _ in 0..<20 {
                let text = try proxy.client().readText(5)
                #expect(text == "alive")
            }
        }
        await proxy.stop()
    }

    @Test func `when no endpoint can be reached the client is reset`() async throws {
        let proxy = try TestProxy()
        await proxy.serveTCP(
            [TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", try TestSocket.freePort())])
        #expect(try await blocking { try proxy.client().isReset() })
        #expect(await proxy.server.snapshot().refused(.connectFailed) == 1)
        await proxy.stop()
    }

    @Test func `a reset by the backend reaches the client`() async throws {
        let proxy = try TestProxy()
        let server = try TestServer { connection in
            _ = try connection.readText(1)
            connection.resetOnClose()
        }
        await proxy.serveTCP([TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", server.port)])
        #expect(
            try await blocking {
                let client = try proxy.client()
                try client.write("x")
                return try client.isReset()
            })
        await proxy.stop()
    }

    @Test func `a reset by the client reaches the backend`() async throws {
        let proxy = try TestProxy()
        let (results, result) = AsyncStream<Bool>.makeStream()
        let server = try TestServer { connection in
            try connection.write("hello")
            result.yield(try connection.isReset())
        }
        await proxy.serveTCP([TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", server.port)])
        try await blocking {
            let client = try proxy.client()
            _ = try client.readText(5)
            client.resetOnClose()
        }
        #expect(await results.first { _ in true } == true)
        await proxy.stop()
    }

    @Test func `probes that connect and close harm nobody`() async throws {
        let proxy = try TestProxy()
        let server = try TestServer.echo()
        await proxy.serveTCP([TestProxy.route("r", .tcp, ("a", 1))], [TestProxy.backend("a", server.port)])
        try await blocking {
            for number in 0..<200 {
                let probe = try proxy.client()
                if number % 2 == 0 { probe.resetOnClose() }
            }
            let client = try proxy.client()
            try client.write("still here")
            #expect(try client.readText(10) == "still here")
        }
        await proxy.eventually { $0.allStreams.active == 0 }
        #expect(await proxy.server.snapshot().counters.upstreamActive == 0)
        await proxy.stop()
    }
}
