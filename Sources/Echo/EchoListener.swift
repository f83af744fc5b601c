import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// One listening socket and the connections accepted from it.
final class EchoListener: Sendable {

    /// The listening channel, or why there is none.
    let channel: EventLoopFuture<any Channel>
    private let connections: ConnectionList

    init(identity: EchoIdentity, host: String, group: any EventLoopGroup) {
        let connections = ConnectionList()
        self.connections = connections
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try Self.configure(child, identity: identity)
                    connections.add(child)
                }
            }
        do {
            channel = try bootstrap.bind(to: SocketAddress(ipAddress: host, port: 0))
        } catch {
            channel = group.any().makeFailedFuture(error)
        }
    }

    var isStopped: Bool { connections.isStopped }

    /// Closes the listener, then the connections: at once, or each when the request that it is busy with is answered.
    func stop(abruptly: Bool) async {
        let open = connections.stop()
        // A listener that could not be opened, or that is closed already, is as good as closed.
        try? await channel.flatMap { $0.close() }.get()
        for connection in open {
            if abruptly {
                connection.close(promise: nil)
            } else {
                connection.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
        }
    }

    private static func configure(_ child: any Channel, identity: EchoIdentity) throws {
        let pipeline = child.pipeline.syncOperations
        // Without it, a client that sends requests and never reads answers would make them pile up here.
        try pipeline.addHandler(BackPressureHandler())
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = EchoServer.maximumHeaderBytes
        limits.maxHeaderListSize = EchoServer.maximumHeaderBytes
        try pipeline.configureHTTPServerPipeline(
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
        try pipeline.addHandler(EchoHandler(identity: identity))
    }
}

/// The open connections of one listener.
private final class ConnectionList: Sendable {
    private struct State: ~Copyable {
        var open: [ObjectIdentifier: any Channel] = [:]
        var isStopped = false
    }

    private let state = Mutex(State())

    var isStopped: Bool { state.withLock { $0.isStopped } }

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isStopped = state.withLock { state in
            if !state.isStopped { state.open[id] = channel }
            return state.isStopped
        }
        // Accepted while the listener was being closed.
        if isStopped { return channel.close(promise: nil) }
        channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { $0.open[id] = nil }
        }
    }

    func stop() -> [any Channel] {
        state.withLock { state in
            state.isStopped = true
            return Array(state.open.values)
        }
    }
}
