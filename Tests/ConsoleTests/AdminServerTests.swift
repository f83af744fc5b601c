import Logging
import NIOPosix
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Console

struct AdminServerTests {
    private let sources = AdminSources(
        metrics: { Array("a_total 1\n".utf8) }, readiness: { .ready }, status: { Array("{\"gateways\":[]}".utf8) },
        explain: { query in
            query.url == "nowhere" ? .invalid("no such place") : .explained(Array("\(query)".utf8))
        })

    /// Runs `body` with a client for a server on a free port, then shuts the server down gracefully.
    private func withServer(_ sources: AdminSources, _ body: @Sendable (RawClient) async throws -> Void) async throws {
        let (bound, announce) = AsyncStream.makeStream(of: AdminAddress.self)
        let server = AdminServer(
            address: AdminAddress(host: "127.0.0.1", port: 0), group: MultiThreadedEventLoopGroup.singleton,
            sources: sources, logger: Logger(label: "test")
        ) { announce.yield($0) }
        let services = ServiceGroup(services: [server], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            let address = try #require(await bound.first { _ in true })
            try await body(RawClient(port: address.port))
            await services.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func get(_ path: String, method: String = "GET") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    }

    @Test(arguments: [
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8", "a_total 1\n"),
        ("/metrics?x=y", "text/plain; version=0.0.4; charset=utf-8", "a_total 1\n"),
        ("/healthz", "text/plain; charset=utf-8", "ok\n"), ("/readyz", "text/plain; charset=utf-8", "ready\n"),
        ("/status", "application/json", "{\"gateways\":[]}"),
    ])
    func `an endpoint is served`(path: String, contentType: String, body: String) async throws {
        try await withServer(sources) { client async throws in
            let response = try await client.talk(get(path))
            #expect(response.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(response.contains("\r\nContent-Type: \(contentType)\r\n"))
            #expect(response.hasSuffix("\r\n\r\n\(body)"))
        }
    }

    @Test func `the index lists every endpoint`() async throws {
        try await withServer(sources) { client async throws in
            let response = try await client.talk(get("/"))
            let paths = response.split(whereSeparator: \.isNewline).compactMap { line in
                line.first == "/" ? String(line.prefix { $0 != " " }) : nil
            }
            #expect(paths == AdminRoute.allCases.map(\.rawValue))
        }
    }

    @Test func `a process that is not ready says why`() async throws {
        var sources = sources
        sources.readiness = { .notReady(reason: "waiting for a first configuration") }
        try await withServer(sources) { client async throws in
            let response = try await client.talk(get("/readyz"))
            #expect(response.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(response.hasSuffix("\r\n\r\nwaiting for a first configuration\n"))
            #expect(try await client.talk(get("/healthz")).hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func `readiness is asked for each request`() async throws {
        let count = CallCount()
        var sources = sources
        sources.readiness = { count.next() == 1 ? .notReady(reason: "soon") : .ready }
        try await withServer(sources) { client async throws in
            #expect(try await client.talk(get("/readyz")).hasPrefix("HTTP/1.1 503 "))
            #expect(try await client.talk(get("/readyz")).hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test(arguments: ["/metrics", "/healthz", "/readyz", "/status", "/"])
    func `HEAD has the fields of GET and no body`(path: String) async throws {
        try await withServer(sources) { client async throws in
            let got = try await client.talk(get(path))
            let head = try await client.talk(get(path, method: "HEAD"))
            #expect(head.hasSuffix("\r\n\r\n"))
            #expect(got.hasPrefix(head))
            #expect(got.utf8.count > head.utf8.count)
        }
    }

    @Test(arguments: ["/nothing", "/metrics/", "/METRICS", "/healthz/x", "*"])
    func `another path is not found`(path: String) async throws {
        try await withServer(sources) { client async throws in
            #expect(try await client.talk(get(path)).hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
    func `another method is not allowed`(method: String) async throws {
        try await withServer(sources) { client async throws in
            let response = try await client.talk(get("/status", method: method))
            #expect(response.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
            #expect(response.contains("\r\nAllow: GET, HEAD\r\n"))
        }
    }

    @Test func `a connection serves several requests, and a body is passed over`() async throws {
        try await withServer(sources) { client async throws in
            let response = try await client.talk(
                "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                    + "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n" + get("/status"))
            #expect(response.contains("\r\n\r\nok\nHTTP/1.1 200 OK\r\n"))
            #expect(response.contains("\r\n\r\nready\nHTTP/1.1 200 OK\r\n"))
            #expect(response.hasSuffix("\r\n\r\n{\"gateways\":[]}"))
        }
    }

    @Test(arguments: ["Expect: 100-continue\r\nContent-Length: 3", "Connection: Upgrade\r\nUpgrade: h2c"])
    func `a request that cannot be followed by another is answered and the connection closed`(
        fields: String
    ) async throws {
        try await withServer(sources) { client async throws in
            let response = try await client.talk("GET /healthz HTTP/1.1\r\nHost: x\r\n\(fields)\r\n\r\n")
            #expect(response.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(response.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test func `a malformed request is refused`() async throws {
        try await withServer(sources) { client async throws in
            #expect(try await client.talk("nonsense\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
            #expect(try await client.talk(get("/healthz")).hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `an idle connection does not hold up a shutdown`() async throws {
        let (answered, announce) = AsyncStream.makeStream(of: Void.self)
        let idle = Mutex<Task<String, any Error>?>(nil)
        try await withServer(sources) { client async throws in
            let task = Task {
                try await client.talk([
                    .send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), .readUntil("ok\n"), .call { announce.yield() },
                ])
            }
            idle.withLock { $0 = task }
            _ = await answered.first { _ in true }
        }
        let task = try #require(idle.withLock { $0 })
        #expect(try await task.value.hasSuffix("\r\n\r\nok\n"))
    }

    @Test func `an address that is taken is an error that says so`() async throws {
        try await withServer(sources) { client async throws in
            let address = AdminAddress(host: "127.0.0.1", port: client.port)
            let second = AdminServer(
                address: address, group: MultiThreadedEventLoopGroup.singleton, sources: sources,
                logger: Logger(label: "test"))
            await #expect(throws: AdminError.addressInUse(address)) { try await second.run() }
        }
    }

    @Test(arguments: ["192.0.2.1", "example.com"])
    func `an address that is not ours is an error that says so`(host: String) async throws {
        let address = AdminAddress(host: host, port: 0)
        let server = AdminServer(
            address: address, group: MultiThreadedEventLoopGroup.singleton, sources: sources,
            logger: Logger(label: "test"))
        await #expect(throws: AdminError.noSuchAddress(address)) { try await server.run() }
    }
}

private final class CallCount: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
