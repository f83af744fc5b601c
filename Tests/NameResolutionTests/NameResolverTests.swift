import Foundation
import Glibc
import Synchronization
import Testing

@testable import Proxy

struct NameResolverTests {
    private typealias Message = DNSMessageBuilder

    /// Resolves `name` with a server that answers as told; no hosts file, and one try of a second.
    private func resolve(
        _ name: String = "api.example.com", options: String = "timeout:1 attempts:1",
        _ answer: @escaping @Sendable (TestDNSServer.Query) -> [[UInt8]]
    ) async throws -> (result: NameResolution, queries: [TestDNSServer.Query]) {
        let server = try TestDNSServer(answer: answer)
        defer { server.stop() }
        let configuration = try TemporaryFile("options \(options)\n")
        let resolver = NameResolver(
            server: server.address, hostsPath: "/nonexistent", configurationPath: configuration.path)
        defer { resolver.shutdown() }
        return (await resolver.resolve(name), server.received)
    }

    private func addresses(_ result: NameResolution) throws -> [String] {
        try result.get().addresses.map(\.description)
    }

    @Test func `addresses of both families are found, with the least TTL`() async throws {
        let (result, queries) = try await resolve { query in
            let record: Message.Record =
                query.type == 1
                ? .a(query.name, [10, 0, 0, 1], ttl: 60) : .aaaa(query.name, lastOctet: 1, ttl: 40)
            return [Message.response(to: query.bytes, answers: [record])]
        }
        #expect(try addresses(result) == ["10.0.0.1", "2001:db8::1"])
        #expect(try result.get().timeToLive == .seconds(40))
        #expect(Set(queries.map(\.type)) == [1, 28])
        #expect(queries.allSatisfy { $0.name == "api.example.com" && !$0.isTCP })
    }

    @Test func `an alias is followed`() async throws {
        let (result, _) = try await resolve { query in
            let alias = Message.Record.cname(query.name, "real.example.net", ttl: 7)
            let address: [Message.Record] = query.type == 1 ? [.a("real.example.net", [10, 0, 0, 9], ttl: 70)] : []
            return [Message.response(to: query.bytes, answers: [alias] + address)]
        }
        #expect(try addresses(result) == ["10.0.0.9"])
        #expect(try result.get().timeToLive == .seconds(7))
    }

    @Test func `one family is enough when the question for the other fails`() async throws {
        let (result, _) = try await resolve { query in
            query.type == 28
                ? [Message.response(to: query.bytes, answers: [.aaaa(query.name, lastOctet: 2)])]
                : [Message.response(to: query.bytes, flags: 0x8182)]
        }
        #expect(try addresses(result) == ["2001:db8::2"])
    }

    @Test(arguments: [
        (UInt16(0x8183), NameResolutionError.noSuchName), (0x8180, .noAddresses), (0x8182, .serverFailure(code: 2)),
        (0x8185, .serverFailure(code: 5)),
    ])
    func `the error says what the server said`(flags: UInt16, expected: NameResolutionError) async throws {
        let (result, _) = try await resolve { [Message.response(to: $0.bytes, flags: flags)] }
        #expect(result == .failure(expected))
    }

    @Test func `a failed question leaves open whether there are addresses`() async throws {
        let (result, _) = try await resolve { query in
            [Message.response(to: query.bytes, flags: query.type == 1 ? 0x8182 : 0x8180)]
        }
        #expect(result == .failure(.serverFailure(code: 2)))
    }

    @Test func `a server that does not answer is a timeout, after as many tries as configured`() async throws {
        let (result, queries) = try await resolve(options: "timeout:1 attempts:2") { _ in [] }
        #expect(result == .failure(.timedOut))
        #expect(queries.filter { $0.type == 1 }.count == 2)
    }

    @Test func `a second try is answered`() async throws {
        let count = Mutex(0)
        let (result, _) = try await resolve(options: "timeout:1 attempts:2") { query in
            guard query.type == 1 else { return [Message.response(to: query.bytes)] }
            let isFirst = count.withLock { count in
                count += 1
                return count == 1
            }
            return isFirst
                ? [Message.response(to: query.bytes, flags: 0x8182)]
                : [Message.response(to: query.bytes, answers: [.a(query.name, [10, 0, 0, 3])])]
        }
        #expect(try addresses(result) == ["10.0.0.3"])
    }

    @Test func `each try has another id`() async throws {
        let (_, queries) = try await resolve(options: "timeout:1 attempts:5") { query in
            [Message.response(to: query.bytes, flags: 0x8182)]
        }
        #expect(queries.count == 10)
        #expect(Set(queries.map { Array($0.bytes.prefix(2)) }).count > 5)
    }

    @Test func `a malformed answer is a failure`() async throws {
        let (result, _) = try await resolve { query in
            [Message.response(to: query.bytes, answers: [.a(query.name, [1, 2])])]
        }
        #expect(result == .failure(.malformedAnswer))
    }

    @Test func `answers that do not belong to the question are passed over`() async throws {
        let (result, _) = try await resolve { query in
            var forged = Message.response(to: query.bytes, answers: [.a(query.name, [6, 6, 6, 6])])
            forged[0] ^= 0xff
            let good: [Message.Record] = query.type == 1 ? [.a(query.name, [10, 0, 0, 4])] : []
            return [forged, [1, 2, 3], query.bytes, Message.response(to: query.bytes, answers: good)]
        }
        #expect(try addresses(result) == ["10.0.0.4"])
    }

    @Test func `a truncated answer is asked for again over TCP`() async throws {
        let (result, queries) = try await resolve { query in
            guard query.type == 1 else { return [Message.response(to: query.bytes)] }
            guard query.isTCP else { return [Message.response(to: query.bytes, flags: 0x8380)] }
            // More than UDP would have carried.
            let records = (0..<200).map { Message.Record.a(query.name, [10, 0, 0, UInt8($0)], ttl: 5) }
            return [Message.response(to: query.bytes, answers: records)]
        }
        #expect(try addresses(result).count == 200)
        #expect(queries.contains { $0.isTCP })
    }

    @Test func `where TCP brings nothing, the part that did fit is used`() async throws {
        let (result, queries) = try await resolve { query in
            guard query.type == 1 else { return [Message.response(to: query.bytes)] }
            guard !query.isTCP else { return [] }
            return [Message.response(to: query.bytes, flags: 0x8380, answers: [.a(query.name, [10, 0, 0, 5])])]
        }
        #expect(try addresses(result) == ["10.0.0.5"])
        #expect(queries.contains { $0.isTCP })
    }

    @Test func `a server that is not there is unreachable`() async throws {
        let gone = try TestDNSServer { _ in [] }
        gone.stop()
        let alone = NameResolver(server: gone.address, hostsPath: "/nonexistent", configurationPath: "/nonexistent")
        defer { alone.shutdown() }
        #expect(await alone.resolve("api.example.com") == .failure(.unreachable(errno: ECONNREFUSED)))
    }

    @Test func `after a server that is not there the next one is asked`() async throws {
        let gone = try TestDNSServer { _ in [] }
        gone.stop()
        let server = try TestDNSServer { [Message.response(to: $0.bytes, answers: [.a($0.name, [10, 0, 0, 6])])] }
        defer { server.stop() }
        let question = DNSQuestion(name: try #require(DNSName("api.example.com")), type: .a)
        let configuration = ResolverConfiguration(servers: [gone.address, server.address], attempts: 1)
        let exchange = DNSExchange(question: question, configuration: configuration, now: .now)
        // Here the test is the event loop; ten steps are more than enough.
        for _ in 0..<10 where exchange.outcome == nil {
            var descriptor = pollfd(fd: exchange.descriptor, events: exchange.interest, revents: 0)
            try #require(poll(&descriptor, 1, 5000) == 1)
            exchange.proceed(now: .now)
        }
        #expect(exchange.outcome == .success(.addresses([.v4(0x0a00_0006)], seconds: 300)))
        #expect(exchange.descriptor == -1)
    }

    @Test func `a name that is none is not asked for`() async throws {
        let (result, queries) = try await resolve("no..name") { _ in [] }
        #expect(result == .failure(.invalidName))
        #expect(queries.isEmpty)
    }

    @Test func `the hosts file goes before DNS, and its changes count`() async throws {
        let server = try TestDNSServer { [Message.response(to: $0.bytes, flags: 0x8183)] }
        defer { server.stop() }
        let hosts = try TemporaryFile("10.1.1.1 local.example\n")
        let resolver = NameResolver(server: server.address, hostsPath: hosts.path, configurationPath: "/nonexistent")
        defer { resolver.shutdown() }
        let first = await resolver.resolve("local.example")
        #expect(try addresses(first) == ["10.1.1.1"])
        #expect(try first.get().timeToLive == .seconds(5))
        #expect(server.received.isEmpty)
        try hosts.write("10.1.1.2 local.example\n")
        #expect(try addresses(await resolver.resolve("local.example")) == ["10.1.1.2"])
        #expect(await resolver.resolve("other.example") == .failure(.noSuchName))
    }

    @Test func `many names are on their way at once, and a slow one holds up no other`() async throws {
        let server = try TestDNSServer { query in
            query.name.hasPrefix("slow")
                ? []
                : [Message.response(to: query.bytes, answers: query.type == 1 ? [.a(query.name, [10, 0, 0, 1])] : [])]
        }
        defer { server.stop() }
        let resolver = NameResolver(
            server: server.address, hostsPath: "/nonexistent", configurationPath: "/nonexistent")
        // Five seconds and two tries: it is still on its way when the others are done, and fails at shutdown.
        async let slow = resolver.resolve("slow.example")
        let results = await withTaskGroup(of: NameResolution.self) { tasks in
            for index in 0..<100 { tasks.addTask { await resolver.resolve("n\(index).example") } }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 100)
        #expect(results.allSatisfy { (try? addresses($0)) == ["10.0.0.1"] })
        resolver.shutdown()
        #expect(await slow == .failure(.shutDown))
    }

    @Test func `after shutdown everything fails at once`() async throws {
        let resolver = NameResolver(server: DNSServer(address: .v4(0x7f00_0001), port: 9))
        resolver.shutdown()
        #expect(await resolver.resolve("localhost") == .failure(.shutDown))
        resolver.shutdown()
    }

    @Test func `scheduled work runs in the order of its instants`() async throws {
        let resolver = NameResolver()
        let (done, announce) = AsyncStream.makeStream(of: Int.self)
        let now = ContinuousClock.now
        resolver.schedule(at: now + .milliseconds(30)) { announce.yield(2) }
        resolver.schedule(at: now) { announce.yield(1) }
        var order: [Int] = []
        for await number in done {
            order.append(number)
            if order.count == 2 { break }
        }
        #expect(order == [1, 2])
        resolver.shutdown()
    }

    @Test func `a resolver that is let go of in its own callback ends quietly`() async throws {
        let (done, announce) = AsyncStream.makeStream(of: Void.self)
        var resolver: NameResolver? = NameResolver(hostsPath: "/nonexistent")
        resolver?.resolve("localhost") { [resolver] _ in
            _ = resolver
            announce.yield()
        }
        resolver = nil
        var count = 0
        for await _ in done {
            count += 1
            break
        }
        #expect(count == 1)
    }
}

extension NameResolver {
    func resolve(_ name: String) async -> NameResolution {
        await withCheckedContinuation { continuation in
            resolve(name) { continuation.resume(returning: $0) }
        }
    }
}

/// A file that goes away with the value.
final class TemporaryFile {
    let path: String

    init(_ text: String) throws {
        path = NSTemporaryDirectory() + "weir-names-\(UUID().uuidString)"
        try write(text)
    }

    func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    deinit { unlink(path) }
}
