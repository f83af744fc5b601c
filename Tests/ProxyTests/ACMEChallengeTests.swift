import Routing
import TestSupport
import Testing

@testable import Proxy

@Suite struct ACMEChallengeTests {
    private let path = "/.well-known/acme-challenge/token-1"

    private func status(_ proxy: TestProxy, _ method: String, _ path: String, host: String) async throws -> Substring {
        let answer = try await RawClient(port: proxy.port).talk(
            "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        return answer.dropFirst("HTTP/1.1 ".count).prefix(3)
    }

    /// A port with a listener and no routes.
    private func listening() async throws -> TestProxy {
        let proxy = try TestProxy()
        let listener = ListenerConfiguration(id: TestProxy.id("http"), hostname: .any, routes: [])
        await proxy.install(PortConfiguration(port: proxy.port, listeners: [listener]), routes: [], backends: [])
        return proxy
    }

    private func challenges(_ hosts: String...) -> ACMEChallenges {
        var challenges = ACMEChallenges()
        challenges.http = hosts.map { .init(host: $0, token: "token-1", keyAuthorization: "token-1.thumbprint") }
        return challenges
    }

    @Test func `a challenge is answered for its host and token alone, while it is set`() async throws {
        let proxy = try await listening()
        #expect(try await status(proxy, "GET", path, host: "a.test") == "404")
        #expect(await proxy.server.setChallenges(challenges("a.test", "[::1]")).isEmpty)
        let answer = try await RawClient(port: proxy.port).talk("GET \(path) HTTP/1.1\r\nHost: A.test:80\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\ntoken-1.thumbprint"))
        #expect(answer.contains("Content-Length: 18\r\n") && answer.contains("Connection: close\r\n"))
        #expect(try await status(proxy, "HEAD", path, host: "a.test") == "200")
        #expect(try await status(proxy, "GET", path, host: "[::1]:8080") == "200")
        #expect(try await status(proxy, "GET", path, host: "b.test") == "404")
        #expect(try await status(proxy, "GET", path + "2", host: "a.test") == "404")
        #expect(try await status(proxy, "GET", "/.well-known/acme-challenge/", host: "a.test") == "404")
        #expect(try await status(proxy, "POST", path, host: "a.test") == "404")
        #expect(await proxy.server.setChallenges(ACMEChallenges()).isEmpty)
        #expect(try await status(proxy, "GET", path, host: "a.test") == "404")
        await proxy.stop()
    }

    @Test func `a port is opened for a challenge, and closed behind it`() async throws {
        let proxy = try TestProxy()
        var challenges = challenges("a.test")
        challenges.httpPorts = [.init(address: nil, port: proxy.port)]
        #expect(await proxy.server.setChallenges(challenges).isEmpty)
        #expect(try await status(proxy, "GET", path, host: "a.test") == "200")
        #expect(try await status(proxy, "GET", "/", host: "a.test") == "404")
        // A change of the configuration in between does not close it.
        await proxy.install(routes: [], backends: [])
        #expect(try await status(proxy, "GET", path, host: "a.test") == "200")
        _ = await proxy.server.setChallenges(ACMEChallenges())
        await #expect(throws: RawClient.Failure.self) { try await status(proxy, "GET", path, host: "a.test") }
        await proxy.stop()
    }

    @Test func `a port that cannot be opened is told`() async throws {
        let (holder, proxy) = (try await listening(), try TestProxy())
        var challenges = challenges("a.test")
        challenges.httpPorts = [.init(address: nil, port: holder.port)]
        #expect(await proxy.server.setChallenges(challenges).map(\.specPort) == [holder.port])
        await proxy.stop()
        await holder.stop()
    }
}
