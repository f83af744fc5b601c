import Glibc
import Routing
import Synchronization
import Telemetry
import Testing

@testable import Proxy

/// Answers every datagram with what `answer` makes of it.
private final class DatagramBackend: Sendable {
    let socket: TestSocket
    private let received = Mutex<[UInt16: Int]>([:])

    init(_ answer: @escaping @Sendable ([UInt8]) -> [[UInt8]]) throws {
        socket = try TestSocket.bound(type: SOCK_DGRAM)
        let socket = socket
        TestServer.detach { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 70_000)
            while true {
                var peer = sockaddr_storage()
                var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                let count = withUnsafeMutablePointer(to: &peer) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        recvfrom(socket.descriptor, &buffer, buffer.count, 0, $0, &length)
                    }
                }
                guard count >= 0, let address = SocketAddress(peer), let self else { return }
                self.received.withLock { $0[address.port, default: 0] += 1 }
                for reply in answer(Array(buffer.prefix(count))) {
                    _ = address.withSockaddr { sendto(socket.descriptor, reply, reply.count, 0, $0, $1) }
                }
            }
        }
    }

    convenience init(name: String) throws {
        try self.init { [Array(name.utf8) + $0] }
    }

    deinit { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }

    var port: UInt16 { socket.port }
    var datagramCount: Int { received.withLock { $0.values.reduce(0, +) } }
    /// Sockets of the proxy that sent something.
    var peerCount: Int { received.withLock { $0.count } }
}

extension TestProxy {
    fileprivate func serveUDP(
        _ routes: [StreamRouteConfiguration], _ backends: [BackendConfiguration], address: String? = nil
    ) async {
        let listener = DatagramListener(id: Self.id("udp"), route: routes.isEmpty ? nil : 0)
        await install(PortConfiguration(address: address, port: port, datagrams: listener), routes, backends)
    }

    fileprivate func datagrams(host: String = "127.0.0.1") throws -> TestSocket {
        try TestSocket.connected(to: port, type: SOCK_DGRAM, host: host)
    }
}

@Suite struct UDPTests {
    private static let route = TestProxy.route("r", .udp, ("a", 1))

    @Test func `datagrams keep their boundaries and come from the listener's address`() async throws {
        let proxy = try TestProxy(datagrams: true)
        let backend = try DatagramBackend(name: "a:")
        await proxy.serveUDP([Self.route], [TestProxy.backend("a", backend.port)])
        let sizes = [1, 0, 100, 1472, 9000, 65_505 - 2]
        try await blocking {
            // A connected socket takes replies from there only.
            let client = try proxy.datagrams()
            for size in sizes {
                let sent = [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)
                #expect(send(client.descriptor, sent, size, 0) == size)
                #expect(try client.read(atMost: 70_000) == Array("a:".utf8) + sent)
            }
        }
        #expect(backend.peerCount == 1)
        let sum = await proxy.server.snapshot().allStreams
        #expect(sum.opened == 1)
        #expect(sum.datagramsReceived == 6)
        #expect(sum.datagramsSent == 6)
        #expect(sum.bytesReceived == UInt64(sizes.reduce(0, +)))
        await proxy.stop()
    }

    @Test(arguments: ["0.0.0.0", "::"])
    func `on all addresses a reply comes from the one that was asked`(address: String) async throws {
        let proxy = try TestProxy(datagrams: true)
        let backend = try DatagramBackend(name: "")
        await proxy.serveUDP([Self.route], [TestProxy.backend("a", backend.port)], address: address)
        try await blocking {
            for host in ["127.0.0.1", "127.0.0.2", "127.3.2.1"] {
                let client = try proxy.datagrams(host: host)
                try client.write("ping")
                #expect(try client.read() == Array("ping".utf8))
            }
        }
        await proxy.stop()
    }

    @Test func `flows are shared out by weight and stay where they are`() async throws {
        let proxy = try TestProxy(datagrams: true)
        let backends = [try DatagramBackend(name: "a"), try DatagramBackend(name: "b"), try DatagramBackend(name: "c")]
        await proxy.serveUDP(
            [TestProxy.route("r", .udp, ("a", 70), ("b", 30), ("c", 0))],
            zip(["a", "b", "c"], backends).map { TestProxy.backend($0, $1.port) })
        try await blocking {
            for _ in 0..<500 {
                let client = try proxy.datagrams()
                try client.write("x")
                let first = try client.read()
                try client.write("x")
                #expect(try client.read() == first)
            }
        }
        #expect(abs(backends[0].peerCount - 350) <= 25)
        #expect(abs(backends[1].peerCount - 150) <= 25)
        #expect(backends[2].peerCount == 0)
        let sum = await proxy.server.snapshot().allStreams
        #expect(sum.active == sum.opened)
        await proxy.stop()
    }

    @Test(arguments: [
        ([], StreamRefusal.noRoute), ([TestProxy.route("r", .udp, (nil, 1))], .noBackend),
        ([TestProxy.route("r", .udp, ("a", 1))], .noEndpoint),
    ])
    func `without a usable backend datagrams are dropped`(
        routes: [StreamRouteConfiguration], reason: StreamRefusal
    ) async throws {
        let proxy = try TestProxy(datagrams: true)
        await proxy.serveUDP(routes, [TestProxy.backend("a")])
        let client = try proxy.datagrams()
        try await blocking { try client.write("x") }
        await proxy.eventually { $0.refused(reason) == 1 }
        #expect(await proxy.server.snapshot().allStreams.active == 0)
        await proxy.stop()
    }

    @Test func `a reload loses no flow`() async throws {
        let proxy = try TestProxy(datagrams: true)
        let backend = try DatagramBackend(name: "a")
        let other = try DatagramBackend(name: "b")
        let backends = [TestProxy.backend("a", backend.port), TestProxy.backend("b", other.port)]
        await proxy.serveUDP([Self.route], backends)
        let client = try proxy.datagrams()
        for round in 0..<20 {
            try await blocking {
                try client.write("\(round)")
                #expect(try client.read() == Array("a\(round)".utf8))
            }
            // The backend stays among the route's.
            await proxy.serveUDP([TestProxy.route("r\(round)", .udp, ("b", 1000), ("a", 1))], backends)
        }
        #expect(backend.peerCount == 1)
        // Now it leaves.
        await proxy.serveUDP([TestProxy.route("r", .udp, ("b", 1))], backends)
        try await blocking {
            try client.write("x")
            #expect(try client.read() == Array("bx".utf8))
        }
        #expect(await proxy.server.snapshot().allStreams.active == 1)
        await proxy.stop()
    }

    @Test func `a flow moves when its endpoint leaves`() async throws {
        let proxy = try TestProxy(datagrams: true)
        let (first, second) = (try DatagramBackend(name: "1"), try DatagramBackend(name: "2"))
        await proxy.serveUDP([Self.route], [TestProxy.backend("a", first.port)])
        let client = try proxy.datagrams()
        try await blocking {
            try client.write("x")
            #expect(try client.read() == Array("1x".utf8))
        }
        await proxy.serveUDP([Self.route], [TestProxy.backend("a", second.port)])
        try await blocking {
            try client.write("x")
            #expect(try client.read() == Array("2x".utf8))
        }
        await proxy.stop()
    }

    @Test func `a flow moves when nobody listens at its endpoint`() async throws {
        let proxy = try TestProxy(datagrams: true) { $0.workers = 1 }
        let backend = try DatagramBackend(name: "a")
        await proxy.serveUDP(
            [Self.route], [TestProxy.backend("a", try TestSocket.freePort(type: SOCK_DGRAM), backend.port)])
        try await blocking {
            for _ in 0..<10 {
                let client = try proxy.datagrams()
                // The first may be lost: that nobody listens is known by its loss only.
                var answer: [UInt8] = []
                while answer.isEmpty {
                    try client.write("x")
                    var patience = timeval(tv_sec: 0, tv_usec: 20_000)
                    setsockopt(
                        client.descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience,
                        socklen_t(MemoryLayout<timeval>.size))
                    answer = (try? client.read()) ?? []
                }
                #expect(answer == Array("ax".utf8))
            }
        }
        await proxy.stop()
    }

    @Test func `the flow that rested longest makes room`() async throws {
        let proxy = try TestProxy(datagrams: true) {
            $0.workers = 1
            $0.maximumFlows = 10
        }
        let backend = try DatagramBackend(name: "a")
        await proxy.serveUDP([Self.route], [TestProxy.backend("a", backend.port)])
        try await blocking {
            let busy = try proxy.datagrams()
            for _ in 0..<30 {
                try busy.write("x")
                _ = try busy.read()
                let client = try proxy.datagrams()
                try client.write("x")
                _ = try client.read()
            }
        }
        // The busy one was never evicted.
        let sum = await proxy.server.snapshot().allStreams
        #expect(sum.opened == 31)
        #expect(sum.active == 10)
        #expect(sum.evicted == 21)
        await proxy.stop()
    }

    @Test func `a flow without datagrams expires`() async throws {
        let proxy = try TestProxy(datagrams: true) { $0.flowIdleTimeout = .milliseconds(50) }
        let backend = try DatagramBackend(name: "a")
        await proxy.serveUDP([Self.route], [TestProxy.backend("a", backend.port)])
        let client = try proxy.datagrams()
        try await blocking {
            try client.write("x")
            _ = try client.read()
        }
        await proxy.eventually { $0.allStreams.active == 0 }
        try await blocking {
            try client.write("x")
            #expect(try client.read() == Array("ax".utf8))
        }
        await proxy.stop()
    }

    @Test func `a backend cannot flood a client that asked once`() async throws {
        let proxy = try TestProxy(datagrams: true)
        let backend = try DatagramBackend { datagram in [[UInt8]](repeating: datagram, count: 200) }
        await proxy.serveUDP([Self.route], [TestProxy.backend("a", backend.port)])
        let client = try proxy.datagrams()
        try await blocking { try client.write("x") }
        await proxy.eventually { $0.allStreams.repliesSuppressed + $0.allStreams.datagramsSent == 200 }
        #expect(await proxy.server.snapshot().allStreams.datagramsSent == 16)
        await proxy.stop()
    }

    @Test func `draining waits for replies that are due, not for flows`() async throws {
        let proxy = try TestProxy(datagrams: true)
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let gate = ThreadGate()
        let backend = try DatagramBackend { datagram in
            if datagram == Array("slow".utf8) {
                ask.yield()
                gate.wait()
            }
            return [datagram]
        }
        await proxy.serveUDP([Self.route], [TestProxy.backend("a", backend.port)])
        let (idle, busy) = (try proxy.datagrams(), try proxy.datagrams())
        try await blocking {
            try idle.write("x")
            _ = try idle.read()
            try busy.write("slow")
        }
        _ = await asked.first { _ in true }
        async let drained = proxy.server.drain(timeout: .seconds(20))
        await proxy.eventually { $0.allStreams.active == 1 }
        gate.open()
        #expect(try await blocking { try busy.read() } == Array("slow".utf8))
        #expect(await drained)
        #expect(await proxy.server.snapshot().allStreams.active == 0)
    }
}

/// Lets one thread wait for another.
private final class ThreadGate: @unchecked Sendable {
    // `@unchecked Sendable`: a semaphore is made for this.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit { semaphore.deallocate() }

    func wait() { sem_wait(semaphore) }
    func open() { sem_post(semaphore) }
}
