import Foundation
import Glibc
import Synchronization

@testable import Proxy

/// A blocking socket of a test, closed with its last reference. Everything that waits gives up after two minutes: all
/// tests run at once, and those that compute make the others wait at every `await`.
final class TestSocket: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var call: String
        var errno: Int32
        var description: String { "\(call): \(String(cString: strerror(errno)))" }
    }

    let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    }

    deinit { close(descriptor) }

    private static func make(_ type: __socket_type) -> Int32 {
        socket(AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    static func address(_ port: UInt16, host: String = "127.0.0.1") throws -> SocketAddress {
        guard let address = SocketAddress(host, port: port) else { throw Failure(call: "address", errno: EINVAL) }
        return address
    }

    static func connected(
        to port: UInt16, type: __socket_type = SOCK_STREAM, host: String = "127.0.0.1"
    ) throws -> TestSocket {
        let made = TestSocket(descriptor: make(type))
        guard try address(port, host: host).withSockaddr({ connect(made.descriptor, $0, $1) }) == 0 else {
            throw Failure(call: "connect", errno: errno)
        }
        return made
    }

    /// Bound to a free port of loopback; a TCP one listens.
    static func bound(type: __socket_type = SOCK_STREAM, port: UInt16 = 0) throws -> TestSocket {
        let made = TestSocket(descriptor: make(type))
        guard try address(port).withSockaddr({ bind(made.descriptor, $0, $1) }) == 0 else {
            throw Failure(call: "bind", errno: errno)
        }
        if type == SOCK_STREAM { listen(made.descriptor, 1024) }
        return made
    }

    var port: UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutableBytes(of: &storage) { bytes in
            _ = bytes.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &length) }
        }
        return SocketAddress(storage)?.port ?? 0
    }

    /// A port that nothing listens on.
    static func freePort(type: __socket_type = SOCK_STREAM) throws -> UInt16 {
        try bound(type: type).port
    }

    func accepted() throws -> TestSocket {
        let accepted = accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw Failure(call: "accept", errno: errno) }
        return TestSocket(descriptor: accepted)
    }

    func write(_ bytes: some Collection<UInt8>) throws {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", errno: errno) }
            sent += count
        }
    }

    func write(_ text: String) throws { try write(text.utf8) }

    /// What one call brings; empty at the end of the stream.
    func read(atMost count: Int = 65536) throws -> [UInt8] {
        var part = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &part, part.count, 0)
        guard received >= 0 else { throw Failure(call: "recv", errno: errno) }
        return Array(part.prefix(received))
    }

    func read(exactly count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let part = try read(atMost: count - bytes.count)
            if part.isEmpty { break }
            bytes += part
        }
        return bytes
    }

    func readText(_ count: Int) throws -> String { String(decoding: try read(exactly: count), as: UTF8.self) }

    func readToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let part = try read()
            if part.isEmpty { return bytes }
            bytes += part
        }
    }

    /// Whether the connection ends by FIN or RST without another byte.
    func isClosedByPeer() throws -> Bool {
        do { return try read().isEmpty } catch let failure as Failure where failure.errno == ECONNRESET { return true }
    }

    /// Whether the connection ends by RST without another byte.
    func isReset() throws -> Bool {
        do {
            _ = try read()
            return false
        } catch let failure as Failure where failure.errno == ECONNRESET {
            return true
        }
    }

    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closing sends RST.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}

/// Accepts connections until it goes, and carries out `serve` with each on a thread of its own.
final class TestServer: Sendable {
    let socket: TestSocket
    private let connections = Mutex(0)

    init(_ serve: @escaping @Sendable (TestSocket) throws -> Void) throws {
        socket = try TestSocket.bound()
        let socket = socket
        let thread: @Sendable () -> Void = { [weak self] in
            while let connection = try? socket.accepted() {
                self?.connections.withLock { $0 += 1 }
                Self.detach { try? serve(connection) }
            }
        }
        Self.detach(thread)
    }

    deinit { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }

    var port: UInt16 { socket.port }
    var connectionCount: Int { connections.withLock { $0 } }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func detach(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(Body(run)).toOpaque())
        pthread_detach(thread)
    }

    /// Sends back everything, and the FIN.
    static func echo() throws -> TestServer {
        try TestServer { connection in
            while true {
                let part = try connection.read()
                if part.isEmpty { break }
                try connection.write(part)
            }
            connection.finish()
            _ = try connection.readToEnd()
        }
    }

    /// Says its name at once, then closes.
    static func greeting(_ name: String) throws -> TestServer {
        try TestServer { connection in
            try connection.write(name)
            connection.finish()
            _ = try connection.readToEnd()
        }
    }
}

/// Runs what blocks on a thread of its own: in a pool, what waits could keep out what it waits for.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
    }
}
