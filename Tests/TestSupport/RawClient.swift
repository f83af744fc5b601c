import Glibc
import NIOPosix

/// Talks to a loopback port in plain bytes, so that tests see exactly what is on the wire.
package struct RawClient {
    package enum Step: Sendable {
        case send(String)
        /// Reads until what was received ends with this text.
        case readUntil(String)
        /// Tells the test how far it has come.
        case call(@Sendable () -> Void)
    }

    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    package var port: UInt16

    package init(port: UInt16) {
        self.port = port
    }

    /// Carries out the steps, then reads until the server closes; returns everything received. On a thread where it
    /// may block.
    package func talk(_ steps: [Step]) async throws -> String {
        let port = self.port
        return try await NIOThreadPool.singleton.runIfActive { try Self.talk(steps, port: port) }
    }

    package func talk(_ text: String) async throws -> String { try await talk([.send(text)]) }

    private static func talk(_ steps: [Step], port: UInt16) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "socket: errno \(errno)") }
        defer { close(descriptor) }
        // A test that waits in vain fails instead of hanging.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(description: "connect: errno \(errno)") }
        var received: [UInt8] = []
        for step in steps {
            switch step {
            case .send(let text): try sendAll(Array(text.utf8), descriptor)
            case .call(let tell): tell()
            case .readUntil(let mark):
                while !received.ends(with: mark) {
                    guard try receive(&received, descriptor) else { throw Failure(description: "closed early") }
                }
            }
        }
        while try receive(&received, descriptor) {}
        return String(decoding: received, as: UTF8.self)
    }

    private static func sendAll(_ bytes: [UInt8], _ descriptor: Int32) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
            sent += count
        }
    }

    /// False at the end of the stream.
    private static func receive(_ received: inout [UInt8], _ descriptor: Int32) throws -> Bool {
        var part = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &part, part.count, 0)
        if count < 0, errno == ECONNRESET { return false }
        guard count >= 0 else { throw Failure(description: "recv: errno \(errno)") }
        received += part.prefix(count)
        return count > 0
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
