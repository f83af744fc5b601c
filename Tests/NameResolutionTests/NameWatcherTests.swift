import Synchronization
import Testing

@testable import Proxy

struct NameWatcherTests {
    private typealias Message = DNSMessageBuilder

    private enum Event: Sendable, Equatable {
        case change(String, [String])
        case failure(String, NameResolutionError)
    }

    /// Runs `body` with a watcher of a server that answers as told and an iterator over what the watcher says.
    private func watch(
        _ answer: @escaping @Sendable (TestDNSServer.Query) -> [[UInt8]],
        _ body: (NameWatcher, TestDNSServer, inout AsyncStream<Event>.AsyncIterator) async throws -> Void
    ) async throws {
        let server = try TestDNSServer(answer: answer)
        defer { server.stop() }
        let resolver = NameResolver(
            server: server.address, hostsPath: "/nonexistent", configurationPath: "/nonexistent")
        defer { resolver.shutdown() }
        let (events, announce) = AsyncStream.makeStream(of: Event.self)
        var policy = NameCache.Policy()
        policy.minimumTimeToLive = .milliseconds(1)
        policy.firstRetry = .milliseconds(1)
        let watcher = NameWatcher(resolver: resolver, policy: policy) { name, addresses in
            announce.yield(.change(name, addresses.map(\.description)))
        } onFailure: { name, error in
            announce.yield(.failure(name, error))
        }
        var iterator = events.makeAsyncIterator()
        try await body(watcher, server, &iterator)
    }

    @Test func `addresses are told, and told again when they change`() async throws {
        let counter = Counter()
        try await watch { query in
            guard query.type == 1 else { return [Message.response(to: query.bytes)] }
            // The first three answers are alike.
            let octet: UInt8 = counter.next() <= 3 ? 1 : 2
            return [Message.response(to: query.bytes, answers: [.a(query.name, [10, 0, 0, octet], ttl: 0)])]
        } _: { watcher, server, events in
            watcher.watch(["a.example"])
            #expect(await events.next() == .change("a.example", ["10.0.0.1"]))
            #expect(await events.next() == .change("a.example", ["10.0.0.2"]))
            #expect(watcher.addresses(of: "a.example").map(\.description) == ["10.0.0.2"])
            #expect(server.received.filter { $0.type == 1 }.count >= 4)
        }
    }

    @Test func `a failure is told and tried again; the addresses stay meanwhile`() async throws {
        let counter = Counter()
        try await watch { query in
            guard query.type == 1 else { return [Message.response(to: query.bytes)] }
            switch counter.next() {
            // The second question is tried twice.
            case 2, 3: return [Message.response(to: query.bytes, flags: 0x8182)]
            case 1: return [Message.response(to: query.bytes, answers: [.a(query.name, [10, 0, 0, 1], ttl: 0)])]
            default: return [Message.response(to: query.bytes, answers: [.a(query.name, [10, 0, 0, 2], ttl: 600)])]
            }
        } _: { watcher, _, events in
            watcher.watch(["a.example"])
            #expect(await events.next() == .change("a.example", ["10.0.0.1"]))
            #expect(await events.next() == .failure("a.example", .serverFailure(code: 2)))
            #expect(await events.next() == .change("a.example", ["10.0.0.2"]))
        }
    }

    @Test func `names come and go`() async throws {
        try await watch { query in
            [Message.response(to: query.bytes, answers: query.type == 1 ? [.a(query.name, [10, 0, 0, 1])] : [])]
        } _: { watcher, server, events in
            watcher.watch(["a.example"])
            #expect(await events.next() == .change("a.example", ["10.0.0.1"]))
            watcher.watch(["a.example", "b.example"])
            #expect(await events.next() == .change("b.example", ["10.0.0.1"]))
            watcher.watch(["b.example"])
            #expect(watcher.addresses(of: "a.example").isEmpty)
            #expect(!watcher.addresses(of: "b.example").isEmpty)
            // Nothing was asked twice.
            #expect(
                server.received.map { "\($0.name) \($0.type)" }.sorted() == [
                    "a.example 1", "a.example 28", "b.example 1", "b.example 28",
                ])
        }
    }

    @Test func `a watcher of a resolver that was shut down is silent`() async throws {
        let resolver = NameResolver(hostsPath: "/nonexistent")
        resolver.shutdown()
        let calls = Counter()
        let watcher = NameWatcher(resolver: resolver) { _, _ in
            calls.next()
        } onFailure: { _, _ in
            calls.next()
        }
        watcher.watch(["localhost"])
        #expect(calls.next() == 1)
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    @discardableResult
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
