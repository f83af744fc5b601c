import Glibc
import Synchronization

@testable import Proxy

/// A DNS server on a loopback port, UDP and TCP, in a thread of its own. What it answers is up to the test.
final class TestDNSServer: Sendable {
    struct Query: Sendable {
        var bytes: [UInt8]
        var isTCP: Bool
        /// In text form, as it was sent.
        var name: String
        var type: UInt16
    }

    let port: UInt16
    private let udp: Int32
    private let tcp: Int32
    private let queries = Mutex<[Query]>([])
    private let isStopped = Atomic<Bool>(false)
    private let thread = Mutex<pthread_t?>(nil)

    /// - Parameter answer: the messages to send back, none or several.
    init(answer: @escaping @Sendable (Query) -> [[UInt8]]) throws {
        (udp, tcp, port) = try Self.bindBoth()
        let box = Unmanaged.passRetained(Box { [self] in serve(answer) })
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        self.thread.withLock { $0 = thread }
    }

    var address: DNSServer { DNSServer(address: .v4(0x7f00_0001), port: port) }
    var received: [Query] { queries.withLock { $0 } }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        if let thread = thread.withLock({ $0.take() }) { pthread_join(thread, nil) }
        close(udp)
        close(tcp)
    }

    private final class Box {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    private func serve(_ answer: (Query) -> [[UInt8]]) {
        while !isStopped.load(ordering: .relaxed) {
            var ready = [udp, tcp].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&ready, 2, 20) > 0 else { continue }
            if ready[0].revents != 0 { serveDatagram(answer) }
            if ready[1].revents != 0 { serveConnection(answer) }
        }
    }

    private func serveDatagram(_ answer: (Query) -> [[UInt8]]) {
        var buffer = [UInt8](repeating: 0, count: 512)
        var peer = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
                let count = recvfrom(udp, &buffer, buffer.count, 0, peer, &length)
                guard count > 0, let query = note(Array(buffer.prefix(count)), isTCP: false) else { return }
                for message in answer(query) { sendto(udp, message, message.count, 0, peer, length) }
            }
        }
    }

    private func serveConnection(_ answer: (Query) -> [[UInt8]]) {
        let connection = accept(tcp, nil, nil)
        guard connection >= 0 else { return }
        defer { close(connection) }
        var buffer = [UInt8](repeating: 0, count: 514)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 2, let query = note(Array(buffer[2..<count]), isTCP: true) else { return }
        for message in answer(query) {
            let framed = [UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message
            // In two parts, as a network may deliver it.
            for part in [framed.prefix(5), framed.dropFirst(5)] {
                _ = Array(part).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
        }
    }

    private func note(_ bytes: [UInt8], isTCP: Bool) -> Query? {
        var labels: [String] = []
        var position = 12
        while position < bytes.count, bytes[position] != 0 {
            let end = position + 1 + Int(bytes[position])
            guard end < bytes.count else { return nil }
            labels.append(String(decoding: bytes[position + 1..<end], as: UTF8.self))
            position = end
        }
        guard position + 4 < bytes.count else { return nil }
        let type = UInt16(bytes[position + 1]) << 8 | UInt16(bytes[position + 2])
        let query = Query(bytes: bytes, isTCP: isTCP, name: labels.joined(separator: "."), type: type)
        queries.withLock { $0.append(query) }
        return query
    }

    private struct Failure: Error {}

    /// One port number for both protocols.
    private static func bindBoth() throws -> (udp: Int32, tcp: Int32, port: UInt16) {
        for _ in 0..<50 {
            let udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            if let port = bind(udp, to: 0), bind(tcp, to: port) != nil, listen(tcp, 16) == 0 { return (udp, tcp, port) }
            close(udp)
            close(tcp)
        }
        throw Failure()
    }

    private static func bind(_ descriptor: Int32, to port: UInt16) -> UInt16? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard Glibc.bind(descriptor, generic, length) == 0, getsockname(descriptor, generic, &length) == 0
                else { return nil }
                return UInt16(bigEndian: pointer.pointee.sin_port)
            }
        }
    }
}
