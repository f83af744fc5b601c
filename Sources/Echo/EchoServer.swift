package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Backends that answer every HTTP/1.1 request with a JSON description of it, one loopback listener for each Service
/// port, so that any set of manifests can be tried without a cluster.
///
/// They are built on SwiftNIO's HTTP implementation, not on Weir's own: in tests they are an independent peer.
/// Listeners are added and removed while others serve, as manifests are reloaded. Safe to call from any thread.
package final class EchoServer: Sendable {
    /// Field names and values of one message together; what is above gets 400 and a close.
    package static let maximumHeaderBytes = 64 * 1024

    private struct State: ~Copyable {
        var listeners: [EchoIdentity: EchoListener] = [:]
        var isShutDown = false
    }

    private let group: any EventLoopGroup
    private let host: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - group: runs everything; one thread is enough. It is not shut down by this server.
    ///   - host: the address in text form that is listened on.
    package init(group: any EventLoopGroup, host: String = "127.0.0.1") {
        self.group = group
        self.host = host
    }

    /// Opens a listener for `identity`, or finds the one it has.
    /// - Returns: the port, which the system chose.
    package func start(_ identity: EchoIdentity) async throws(EchoError) -> UInt16 {
        let listener: EchoListener? = state.withLock { state in
            if state.isShutDown { return nil }
            if let existing = state.listeners[identity] { return existing }
            let new = EchoListener(identity: identity, host: host, group: group)
            state.listeners[identity] = new
            return new
        }
        guard let listener else { throw .shutDown(identity) }
        let port: Int
        do {
            port = try await listener.channel.get().localAddress?.port ?? 0
        } catch {
            remove(listener, of: identity)
            throw .cannotListen(identity, reason: "\(error)")
        }
        guard let port = UInt16(exactly: port), port > 0, !listener.isStopped else { throw .shutDown(identity) }
        return port
    }

    /// Closes the listener of `identity`, if there is one. Requests in flight are answered, idle connections closed.
    package func stop(_ identity: EchoIdentity) async {
        let listener = state.withLock { $0.listeners.removeValue(forKey: identity) }
        await listener?.stop(abruptly: false)
    }

    /// Closes all listeners and connections, and refuses new ones.
    package func shutdown() async {
        let listeners = state.withLock { state in
            state.isShutDown = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { await listener.stop(abruptly: true) }
    }

    private func remove(_ listener: EchoListener, of identity: EchoIdentity) {
        state.withLock { state in
            if state.listeners[identity] === listener { state.listeners[identity] = nil }
        }
    }
}
