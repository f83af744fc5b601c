import CLinux
import Glibc

/// One question on its way: server after server, over UDP, and over TCP where the answer does not fit. Confined to the
/// resolver's thread, which polls `descriptor` and reports what happens.
final class DNSExchange {
    /// What came of the question; nil while it is on its way.
    private(set) var outcome: Result<Answer, NameResolutionError>?
    /// The socket to poll; -1 when there is an outcome.
    private(set) var descriptor: Int32 = -1
    /// When `expire` is to be called.
    private(set) var deadline: ContinuousClock.Instant

    enum Answer: Equatable {
        case addresses([ResolvedAddress], seconds: UInt32)
        case noData
    }

    private enum Transport {
        case udp
        case tcpConnecting
        /// What has come so far, the two length octets included.
        case tcpReceiving([UInt8])
    }

    private let question: DNSQuestion
    private let configuration: ResolverConfiguration
    private var transport = Transport.udp
    /// Unpredictable, and another one for each try: with the random source port, what keeps forged answers out
    /// (RFC 5452).
    private var id: UInt16 = 0
    private var triesMade = 0
    private var failure = NameResolutionError.timedOut
    /// What did fit into a truncated answer: better than nothing where TCP does not work.
    private var partial: Answer?

    init(question: DNSQuestion, configuration: ResolverConfiguration, now: ContinuousClock.Instant) {
        self.question = question
        self.configuration = configuration
        deadline = now
        tryNextServer(now: now)
    }

    deinit {
        closeSocket()
    }

    /// The events that `descriptor` is to be polled for.
    var interest: Int16 {
        if case .tcpConnecting = transport { return Int16(POLLOUT) }
        return Int16(POLLIN)
    }

    /// Nothing came before the deadline.
    func expire(now: ContinuousClock.Instant) {
        fail(.timedOut, now: now)
    }

    /// `descriptor` is ready.
    func proceed(now: ContinuousClock.Instant) {
        switch transport {
        case .udp: receiveDatagrams(now: now)
        case .tcpConnecting: sendOverTCP(now: now)
        case .tcpReceiving(let bytes): receiveOverTCP(after: bytes, now: now)
        }
    }

    // MARK: Servers

    private var server: DNSServer { configuration.servers[(triesMade - 1) % configuration.servers.count] }

    private func tryNextServer(now: ContinuousClock.Instant) {
        closeSocket()
        while triesMade < configuration.servers.count * configuration.attempts {
            triesMade += 1
            partial = nil
            id = UInt16.random(in: .min ... .max)
            if open(stream: false, now: now) {
                transport = .udp
                let query = question.query(id: id)
                if send(descriptor, query, query.count, Int32(MSG_NOSIGNAL)) == query.count { return }
                failure = .unreachable(errno: errno)
            }
            closeSocket()
        }
        finish(.failure(failure))
    }

    private func fail(_ error: NameResolutionError, now: ContinuousClock.Instant) {
        if let partial { return finish(.success(partial)) }
        failure = error
        tryNextServer(now: now)
    }

    private func finish(_ result: Result<Answer, NameResolutionError>) {
        closeSocket()
        outcome = result
    }

    /// Opens a socket connected to the current server, so that the kernel drops what others send; false on failure.
    private func open(stream: Bool, now: ContinuousClock.Instant) -> Bool {
        closeSocket()
        deadline = now + configuration.timeout
        let family = if case .v4 = server.address { AF_INET } else { AF_INET6 }
        descriptor = weir_resolver_socket(family, stream ? 1 : 0)
        let connected = descriptor >= 0 && server.withSockaddr { connect(descriptor, $0, $1) } == 0
        if connected || (descriptor >= 0 && stream && errno == EINPROGRESS) { return true }
        failure = .unreachable(errno: errno)
        return false
    }

    private func closeSocket() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    // MARK: UDP

    private func receiveDatagrams(now: ContinuousClock.Instant) {
        while true {
            var datagram = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &datagram, datagram.count, 0)
            if count < 0 {
                switch errno {
                case EAGAIN: return
                case EINTR: continue
                // ECONNREFUSED from an ICMP message, most likely.
                default: return fail(.unreachable(errno: errno), now: now)
                }
            }
            switch DNSResponse.parse(Array(datagram.prefix(count)), id: id, question: question) {
            case .unrelated: continue
            case .truncated(let addresses, let seconds):
                if !addresses.isEmpty { partial = .addresses(addresses, seconds: seconds) }
                return askOverTCP(now: now)
            case let response: return conclude(response, now: now)
            }
        }
    }

    private func conclude(_ response: DNSResponse, now: ContinuousClock.Instant) {
        switch response {
        case .addresses(let addresses, let seconds), .truncated(let addresses, let seconds):
            finish(.success(addresses.isEmpty ? .noData : .addresses(addresses, seconds: seconds)))
        case .noData: finish(.success(.noData))
        case .noSuchName: finish(.failure(.noSuchName))
        case .failure(let code): fail(.serverFailure(code: code), now: now)
        case .unrelated, .malformed: fail(.malformedAnswer, now: now)
        }
    }

    // MARK: TCP (RFC 7766)

    private func askOverTCP(now: ContinuousClock.Instant) {
        guard open(stream: true, now: now) else { return fail(failure, now: now) }
        transport = .tcpConnecting
    }

    private func sendOverTCP(now: ContinuousClock.Instant) {
        let error = weir_socket_error(descriptor)
        guard error == 0 else { return fail(.unreachable(errno: error), now: now) }
        let query = question.query(id: id)
        let message = [UInt8(query.count >> 8), UInt8(query.count & 0xff)] + query
        // It is far smaller than the empty send buffer of a new connection.
        guard send(descriptor, message, message.count, Int32(MSG_NOSIGNAL)) == message.count else {
            return fail(.unreachable(errno: errno), now: now)
        }
        transport = .tcpReceiving([])
    }

    private func receiveOverTCP(after earlier: [UInt8], now: ContinuousClock.Instant) {
        var bytes = earlier
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &part, part.count, 0)
            if count < 0 {
                switch errno {
                case EAGAIN: return transport = .tcpReceiving(bytes)
                case EINTR: continue
                default: return fail(.unreachable(errno: errno), now: now)
                }
            }
            guard count > 0 else { return fail(.malformedAnswer, now: now) }
            bytes.append(contentsOf: part.prefix(count))
            guard bytes.count >= 2 else { continue }
            // At most 2 + 65535 octets are ever kept.
            let length = Int(bytes[0]) << 8 | Int(bytes[1])
            guard bytes.count >= 2 + length else { continue }
            let message = Array(bytes[2..<2 + length])
            return conclude(DNSResponse.parse(message, id: id, question: question), now: now)
        }
    }
}

extension DNSServer {
    /// Calls `body` with the form that `connect` takes.
    fileprivate func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        switch address {
        case .v4(let number):
            var socketAddress = sockaddr_in()
            socketAddress.sin_family = sa_family_t(AF_INET)
            socketAddress.sin_port = port.bigEndian
            socketAddress.sin_addr.s_addr = number.bigEndian
            return withUnsafePointer(to: socketAddress) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .v6(let high, let low):
            var socketAddress = sockaddr_in6()
            socketAddress.sin6_family = sa_family_t(AF_INET6)
            socketAddress.sin6_port = port.bigEndian
            socketAddress.sin6_scope_id = scope
            withUnsafeMutableBytes(of: &socketAddress.sin6_addr) { octets in
                octets.storeBytes(of: high.bigEndian, as: UInt64.self)
                octets.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return withUnsafePointer(to: socketAddress) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
    }
}
