import HTTP1
import HTTPSemantics
import Routing
import Telemetry

extension Exchange {
    // MARK: Answers without a backend

    /// Answers a request that has not been forwarded. `detail` is for the person who reads it.
    func respond(status: UInt16, detail: StaticString, bodyOffset: Int, count: Int) {
        connection?.skipBody(offset: bodyOffset, count: count)
        respond(status: status, detail: detail)
    }

    func redirect(
        _ rule: UnsafePointer<CompiledRule>, head: RequestHead, view: RequestView, bodyOffset: Int, count: Int
    ) {
        guard let connection else { return }
        var location = HeadWriter(worker.headBuffer)
        let redirect = rule.pointee.redirect
        let length = redirect.maximumLocationLength(host: view.host, path: view.path, query: view.query)
        guard let room = location.reserve(length),
            let written = redirect.writeLocation(
                requestIsTLS: connection.isSecure, host: view.host, listenerPort: connection.listener.specPort,
                path: view.path,
                query: view.query, prefixLength: prefixLength,
                into: UnsafeMutableRawBufferPointer(start: room, count: length))
        else { return respond(status: 500, detail: "", bodyOffset: bodyOffset, count: count) }
        location.advance(written)

        let authorization = extras?.pointee.filters.externalAuth
        if authorization == nil { connection.skipBody(offset: bodyOffset, count: count) }
        let closes = connection.closeAfterResponse || connection.phase == .body
        let rest = UnsafeMutableRawBufferPointer(rebasing: worker.headBuffer[written...])
        var writer = HeadWriter(rest)
        LocalResponse.writeHead(
            status: rule.pointee.status, contentLength: 0, closes: closes, minorVersion: minorVersion, worker: worker,
            to: &writer)
        let modifiers = HeaderModifiers(first: .none, second: rule.pointee.responseHeaders)
        writer.write("Location: ")
        writer.write(location.written)
        writer.write("\r\n")
        modifiers.writeAdditions(to: &writer)
        cors.writeFields(of: UnsafeBufferPointer(start: nil, count: 0), base: nil, to: &writer)
        writer.write("\r\n")
        connection.closeAfterResponse = closes
        if let authorization {
            return authorize(
                authorization, then: .answer(rule.pointee.status), held: writer.written, head: head, view: view,
                bodyOffset: bodyOffset, count: count)
        }
        connection.send(writer.written, closesBehind: closes)
        end(status: rule.pointee.status)?.responseFinished()
    }

    /// Answers with an error of the proxy's own making.
    func respond(status: UInt16, detail: StaticString) {
        if rpc != .none { return respond(GRPCStatus(httpStatus: status), detail: detail) }
        guard let connection else { return }
        let closes = connection.closeAfterResponse || connection.phase == .body
        connection.closeAfterResponse = closes
        var writer = HeadWriter(worker.headBuffer)
        LocalResponse.write(
            status: status, detail: detail, closes: closes, isHead: method == .head, minorVersion: minorVersion,
            worker: worker, to: &writer
        ) { writer in
            cors.writeFields(of: UnsafeBufferPointer(start: nil, count: 0), base: nil, to: &writer)
        }
        connection.send(writer.written, closesBehind: closes)
        end(status: status)?.responseFinished()
    }

    // MARK: Failures of the backend

    func failUnreachable(_ failure: UpstreamFailure) {
        failedEndpoint = nil
        if retry() { return }
        respond(status: failure.status, detail: failure.detail)
    }

    func fail(_ failure: UpstreamFailure) {
        giveUpAttempt()
        if failure.isRetriable, retry() { return }
        respond(status: failure.status, detail: failure.detail)
    }

    /// Ends a response in the middle: the client must not take what it has for the whole.
    func cutShort() {
        if rpc != .none, finishRPC(.unavailable, detail: "the backend broke off") { return }
        upstream?.abandon()
        worker.counters.requestsAborted += 1
        let connection = end(status: status)
        connection?.exchange = nil
        connection?.reset()
    }

    // MARK: Failures of the client

    /// The client closed its connection. 499 is what this has been called since nginx.
    func clientGone() {
        upstream?.abandon()
        worker.counters.requestsAborted += 1
        grpcStatus = GRPCStatus.cancelled.code
        _ = end(status: status == 0 ? 499 : status)
    }

    /// The client's request body is malformed.
    func clientFailed(status: UInt16, reason: StaticString) {
        upstream?.abandon()
        let responseHasBegun = self.status != 0
        let connection = end(status: responseHasBegun ? self.status : status)
        connection?.exchange = nil
        if responseHasBegun {
            connection?.reset()
        } else {
            connection?.refuse(status: status, reason: reason)
        }
    }
}
