import Foundation
import NIOPosix
import TestSupport
import Testing

@testable import Echo

struct EchoServerTests {
    private static let store = EchoIdentity(namespace: "shop", service: "store", servicePort: 8080)
    private static let auth = EchoIdentity(namespace: "shop", service: "auth", servicePort: 80)

    /// Runs `body` with a server that has one listener, for `store`.
    private func withServer(_ body: (EchoServer, RawClient) async throws -> Void) async throws {
        let server = EchoServer(group: MultiThreadedEventLoopGroup.singleton)
        let port = try await server.start(Self.store)
        do {
            try await body(server, RawClient(port: port))
        } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown()
    }

    /// The JSON object of a response with a Content-Length, and the head before it.
    private func parse(_ response: String) throws -> (head: String, json: [String: Any]) {
        let parts = response.split(separator: "\r\n\r\n", maxSplits: 1)
        try #require(parts.count == 2, "\(response)")
        let json = try JSONSerialization.jsonObject(with: Data(parts[1].utf8)) as? [String: Any]
        return (String(parts[0]), try #require(json))
    }

    @Test func `a request is described in the answer`() async throws {
        try await withServer { _, client async throws in
            let response = try await client.talk(
                "GET /a%20b/../c?x=1&x=2 HTTP/1.1\r\nhost: Shop.Example:81\r\nX-B: 1\r\nx-a: p\r\nX-B: 2\r\n"
                    + "Connection: close\r\n\r\n")
            let (head, json) = try parse(response)
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.contains("\r\nContent-Type: application/json\r\n"))
            #expect(json["service"] as? String == "store")
            #expect(json["namespace"] as? String == "shop")
            #expect(json["pod"] as? String == "store-echo-0")
            #expect(json["endpoint"] as? String == "127.0.0.1:\(client.port)")
            #expect(json["method"] as? String == "GET")
            #expect(json["path"] as? String == "/a%20b/../c?x=1&x=2")
            #expect(json["proto"] as? String == "HTTP/1.1")
            #expect(json["host"] as? String == "Shop.Example:81")
            #expect(
                json["headers"] as? [String: [String]] == [
                    "host": ["Shop.Example:81"], "X-B": ["1", "2"], "x-a": ["p"], "Connection": ["close"],
                ])
            #expect(json["bodyBytes"] as? Int == 0)
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"])
    func `every method is answered and the length of its body told`(method: String) async throws {
        try await withServer { _, client async throws in
            let response = try await client.talk(
                "\(method) / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\n12345")
            let (_, json) = try parse(response)
            #expect(json["method"] as? String == method)
            #expect(json["bodyBytes"] as? Int == 5)
        }
    }

    @Test func `a chunked body is counted without its framing`() async throws {
        try await withServer { _, client async throws in
            let response = try await client.talk(
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                    + "3\r\nabc\r\n10;ext=1\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n")
            #expect(try parse(response).json["bodyBytes"] as? Int == 19)
        }
    }

    @Test func `a client that waits for 100 Continue gets it before the answer`() async throws {
        try await withServer { _, client async throws in
            let response = try await client.talk([
                .send(
                    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n"
                        + "Connection: close\r\n\r\n"),
                .readUntil("HTTP/1.1 100 Continue\r\n\r\n"),
                .send("ab"),
            ])
            let rest = response.dropFirst("HTTP/1.1 100 Continue\r\n\r\n".count)
            #expect(rest.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(try parse(String(rest)).json["bodyBytes"] as? Int == 2)
        }
    }

    @Test func `requests on one connection are answered in order, also when the first one takes longer`() async throws {
        try await withServer { _, client async throws in
            let response = try await client.talk(
                "GET /1?delay=50ms HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let paths = response.matches(of: /"path": "([^"]*)"/).map { String($0.1) }
            #expect(paths == ["/1?delay=50ms", "/2", "/3"])
        }
    }

    @Test func `HEAD gets the fields of the answer and no body`() async throws {
        try await withServer { _, client async throws in
            let response = try await client.talk("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(response.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(response.hasSuffix("\r\n\r\n"))
            let length = try #require(response.firstMatch(of: /Content-Length: (\d+)/))
            #expect(try #require(Int(length.1)) > 100)
        }
    }

    @Test(arguments: [(204, false), (205, true), (304, false)])
    func `a status without content has none`(status: Int, hasLength: Bool) async throws {
        try await withServer { _, client async throws in
            let response = try await client.talk(
                "GET /?status=\(status) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(response.hasPrefix("HTTP/1.1 \(status) "))
            #expect(response.hasSuffix("\r\n\r\n"))
            #expect(response.contains("Content-Length: 0") == hasLength)
            #expect(!response.lowercased().contains("transfer-encoding"))
        }
    }

    @Test func `the answer has the status and the fields that were asked for`() async throws {
        try await withServer { _, client async throws in
            let response = try await client.talk(
                "GET /?status=503 HTTP/1.1\r\nHost: x\r\nX-Echo-Set-Header: Content-Type:text/x, a:, b:1, b:2\r\n"
                    + "Connection: close\r\n\r\n")
            #expect(response.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(response.contains("\r\nContent-Type: text/x\r\na: \r\nb: 1\r\nb: 2\r\n"))
            #expect(!response.contains("application/json"))
        }
    }

    @Test func `HTTP 1.0 is answered and closed`() async throws {
        try await withServer { _, client async throws in
            let (head, json) = try parse(try await client.talk("GET / HTTP/1.0\r\n\r\n"))
            #expect(head.contains("\r\nConnection: close"))
            #expect(json["proto"] as? String == "HTTP/1.0")
            #expect(json["host"] as? String == "")
        }
    }

    @Test func `a request to upgrade is answered as if it were none, and the connection closed`() async throws {
        try await withServer { _, client async throws in
            let response = try await client.talk(
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            let (head, _) = try parse(response)
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.contains("\r\nConnection: close"))
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n", "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 70000))\r\n\r\n",
    ])
    func `a malformed or oversized head is refused`(request: String) async throws {
        try await withServer { _, client async throws in
            #expect(try await client.talk(request).hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `a head close to the limit is answered`() async throws {
        try await withServer { _, client async throws in
            let value = String(repeating: "a", count: 60000)
            let response = try await client.talk(
                "GET / HTTP/1.1\r\nHost: x\r\nX: \(value)\r\nConnection: close\r\n\r\n")
            #expect(
                try parse(response).json["headers"] as? [String: [String]] == [
                    "Host": ["x"], "X": [value], "Connection": ["close"],
                ])
        }
    }

    @Test func `each identity has a port of its own, and keeps it`() async throws {
        try await withServer { server, client async throws in
            let authPort = try await server.start(Self.auth)
            #expect(authPort != client.port)
            #expect(try await server.start(Self.auth) == authPort)
            #expect(try await server.start(Self.store) == client.port)
            let response = try await RawClient(port: authPort).talk(
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(try parse(response).json["service"] as? String == "auth")
        }
    }

    @Test func `one identity that is started by many at once gets one port`() async throws {
        try await withServer { server, _ async throws in
            let ports = try await withThrowingTaskGroup(of: UInt16.self) { tasks in
                for _ in 0..<20 { tasks.addTask { try await server.start(Self.auth) } }
                return try await tasks.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ports.count == 1)
        }
    }

    @Test func `a stopped identity refuses connections while the others serve, and can be started again`() async throws
    {
        try await withServer { server, client async throws in
            let authPort = try await server.start(Self.auth)
            await server.stop(Self.auth)
            await #expect(throws: RawClient.Failure.self) {
                _ = try await RawClient(port: authPort).talk("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            }
            let request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            #expect(try await client.talk(request).hasPrefix("HTTP/1.1 200 OK"))
            let again = try await server.start(Self.auth)
            #expect(try await RawClient(port: again).talk(request).hasPrefix("HTTP/1.1 200 OK"))
            await server.stop(EchoIdentity(namespace: "no", service: "such", servicePort: 1))
        }
    }

    @Test func `stopping answers the request in flight, and closes connections that are idle`() async throws {
        try await withServer { server, client async throws in
            let (accepted, acceptance) = AsyncStream.makeStream(of: Void.self)
            // Each has its first answer before the server is stopped; the one idles then, the other waits for more.
            let idle = RawClient.Step.send("GET /idle HTTP/1.1\r\nHost: x\r\n\r\n")
            let busy = RawClient.Step.send(
                "GET /busy?delay=100ms HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n")
            async let idleResult = client.talk([
                idle, .readUntil("\"bodyBytes\": 0\n}\n"), .call { acceptance.yield() },
            ])
            async let busyResult = client.talk([
                busy, .readUntil("HTTP/1.1 100 Continue\r\n\r\n"), .call { acceptance.yield() },
            ])
            var count = 0
            for await _ in accepted {
                count += 1
                if count == 2 { break }
            }
            await server.stop(Self.store)
            #expect(try await idleResult.contains("\"path\": \"/idle\""))
            #expect(try await busyResult.contains("\"path\": \"/busy?delay=100ms\""))
        }
    }

    @Test func `after shutdown nothing can be started`() async throws {
        let server = EchoServer(group: MultiThreadedEventLoopGroup.singleton)
        _ = try await server.start(Self.store)
        await server.shutdown()
        await #expect(throws: EchoError.shutDown(Self.auth)) { try await server.start(Self.auth) }
        await server.shutdown()
    }

    @Test func `an address that is not ours is reported with the Service and a way out`() async throws {
        let server = EchoServer(group: MultiThreadedEventLoopGroup.singleton, host: "192.0.2.1")
        let error = await #expect(throws: EchoError.self) { try await server.start(Self.store) }
        #expect(error?.description.contains("shop/store:8080") == true)
        #expect(error?.description.contains("--backend") == true)
        await server.shutdown()
    }
}
