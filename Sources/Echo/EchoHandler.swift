import NIOCore
import NIOHTTP1

/// Answers the requests of one connection, one after the other (the pipeline keeps later ones back).
final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let identity: EchoIdentity
    private var head: HTTPRequestHead?
    private var bodyBytes = 0
    private var delayedAnswer: Scheduled<Void>?

    init(identity: EchoIdentity) {
        self.identity = identity
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            bodyBytes = 0
            if head.version == .http1_1, Self.contains(head.headers, "Expect", "100-continue") {
                let go = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(go)), promise: nil)
            }
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A malformed request has its 400 already; everything else is a connection that broke.
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        delayedAnswer?.cancel()
        delayedAnswer = nil
        context.fireChannelInactive()
    }

    private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let controls = EchoControls(target: head.uri, headers: head.headers)
        let report = EchoReport(
            identity: identity, endpoint: Self.endpoint(of: context.channel), head: head, bodyBytes: bodyBytes)
        guard controls.delay > .zero else { return write(report, controls: controls, context: context) }
        delayedAnswer = context.eventLoop.assumeIsolated().scheduleTask(in: controls.delay) {
            self.delayedAnswer = nil
            self.write(report, controls: controls, context: context)
        }
    }

    private func write(_ report: EchoReport, controls: EchoControls, context: ChannelHandlerContext) {
        let request = report.head
        let status = HTTPResponseStatus(statusCode: controls.status)
        // RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5: these have no content, and 204 not even a length.
        let mayHaveContent = ![204, 205, 304].contains(controls.status)
        let body = mayHaveContent ? report.json : []
        var headers = HTTPHeaders()
        if mayHaveContent { headers.add(name: "Content-Type", value: "application/json") }
        if controls.status != 204, controls.status != 304 {
            headers.add(name: "Content-Length", value: String(body.count))
        }
        if !Self.canContinue(after: request) {
            headers.add(name: "Connection", value: "close")
        } else if request.version == .http1_0 {
            headers.add(name: "Connection", value: "keep-alive")
        }
        // Asked-for fields take the place of ours; asked for twice, they are sent twice.
        for field in controls.fields { headers.remove(name: field.name) }
        for field in controls.fields { headers.add(name: field.name, value: field.value) }

        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if mayHaveContent, request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !Self.canContinue(after: request) || Self.contains(headers, "Connection", "close") {
            written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
    }

    /// NIO's decoder reads nothing more after a request to upgrade, which is answered here as if it did not ask for it.
    private static func canContinue(after request: HTTPRequestHead) -> Bool {
        request.isKeepAlive && !request.headers.contains(name: "Upgrade") && request.method != .CONNECT
    }

    private static func contains(_ headers: HTTPHeaders, _ name: String, _ element: String) -> Bool {
        headers[canonicalForm: name].contains { $0.lowercased() == element }
    }

    private static func endpoint(of channel: any Channel) -> String {
        guard let address = channel.localAddress, let ip = address.ipAddress, let port = address.port else { return "" }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
