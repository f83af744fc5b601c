package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The HTTP server for operators: `/metrics`, `/healthz`, `/readyz`, `/status`, `/explain`.
///
/// It serves until its task is cancelled or a graceful shutdown begins. To answer `/readyz` while the data plane
/// drains, put it before the data plane in the `ServiceGroup`: services are shut down in reverse order.
///
/// Built on NIOHTTP1 alone: six fixed paths need no router, and a web framework would keep 3 to 4 MB more of the
/// binary's pages resident.
package struct AdminServer: Service {
    /// More connections than any set of scrapers and probes needs; further ones are closed at once.
    static let maximumConnections = 64
    /// A connection on which nothing happens for this long is closed.
    static let idleTimeout = TimeAmount.seconds(60)

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private let address: AdminAddress
    private let group: any EventLoopGroup
    private let sources: AdminSources
    private let logger: Logger
    private let onBound: @Sendable (AdminAddress) -> Void

    /// - Parameters:
    ///   - group: where connections are served; shared with others, and not shut down here.
    ///   - onBound: called once when the server listens, with the port that it really has.
    package init(
        address: AdminAddress = .standard, group: any EventLoopGroup, sources: AdminSources, logger: Logger,
        onBound: @escaping @Sendable (AdminAddress) -> Void = { _ in }
    ) {
        self.address = address
        self.group = group
        self.sources = sources
        self.logger = logger
        self.onBound = onBound
    }

    /// - Throws: `AdminError` when the address cannot be listened on.
    package func run() async throws {
        let listener = try await bind()
        var bound = address
        bound.port = UInt16(exactly: listener.channel.localAddress?.port ?? 0) ?? address.port
        logger.debug("admin server listens", metadata: ["address": "\(bound)"])
        onBound(bound)
        do {
            try await cancelWhenGracefulShutdown { try await serveConnections(of: listener) }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            // This is how a graceful shutdown ends the loop; it is no failure of the service.
        }
    }

    private func serveConnections(of listener: NIOAsyncChannel<Connection, Never>) async throws {
        let open = ConnectionCount(limit: Self.maximumConnections)
        try await listener.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { tasks in
                for try await connection in connections {
                    guard open.enter() else {
                        connection.channel.close(promise: nil)
                        continue
                    }
                    tasks.addTask {
                        await serve(connection)
                        open.leave()
                    }
                }
            }
        }
    }

    private func bind() async throws(AdminError) -> NIOAsyncChannel<Connection, Never> {
        guard let socketAddress = try? SocketAddress(ipAddress: address.host, port: Int(address.port)) else {
            throw .noSuchAddress(address)
        }
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(to: socketAddress) { child in
                    child.eventLoop.makeCompletedFuture { try Self.configure(child) }
                }
        } catch let error as IOError {
            throw AdminError(errno: error.errnoCode, reason: error.description, address: address)
        } catch {
            throw .cannotListen(address, reason: "\(error)")
        }
    }

    private static func configure(_ child: any Channel) throws -> Connection {
        let pipeline = child.pipeline.syncOperations
        try pipeline.addHandler(IdleStateHandler(allTimeout: idleTimeout))
        try pipeline.addHandler(CloseWhenIdle())
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 * 1024
        limits.maxHeaderListSize = 64 * 1024
        try pipeline.configureHTTPServerPipeline(
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
        return try Connection(wrappingChannelSynchronously: child)
    }

    private func serve(_ connection: Connection) async {
        do {
            try await connection.executeThenClose { inbound, outbound in
                var head: HTTPRequestHead?
                for try await part in inbound {
                    switch part {
                    case .head(let request):
                        head = request
                        // Nobody wants the body: a client that waits to send it is answered now, and hung up on.
                        if request.headers.contains(name: "Expect") {
                            return try await answer(request, keepAlive: false, through: outbound)
                        }
                    case .body:
                        continue
                    case .end:
                        guard let request = head else { continue }
                        // After a request to upgrade, NIO's decoder reads nothing more.
                        let upgrades = request.headers.contains(name: "Upgrade") || request.method == .CONNECT
                        let keepAlive = request.isKeepAlive && !upgrades
                        try await answer(request, keepAlive: keepAlive, through: outbound)
                        guard keepAlive else { return }
                    }
                }
            }
        } catch {
            logger.trace("admin connection ended", metadata: ["error": "\(error)"])
        }
    }

    private func answer(
        _ request: HTTPRequestHead, keepAlive: Bool,
        through outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        let response = await AdminResponse.answer(
            to: request.method, request.uri, accept: request.headers.first(name: "Accept"), from: sources)
        var headers: HTTPHeaders = [
            "Content-Type": response.contentType,
            "Content-Length": String(response.body.count),
            "Cache-Control": "no-store",
        ]
        if let allow = response.allow { headers.add(name: "Allow", value: allow) }
        if !keepAlive {
            headers.add(name: "Connection", value: "close")
        } else if request.version == .http1_0 {
            headers.add(name: "Connection", value: "keep-alive")
        }
        var parts: [HTTPServerResponsePart] = [
            .head(HTTPResponseHead(version: .http1_1, status: response.status, headers: headers))
        ]
        if request.method != .HEAD { parts.append(.body(.byteBuffer(ByteBuffer(bytes: response.body)))) }
        parts.append(.end(nil))
        try await outbound.write(contentsOf: parts)
    }
}
