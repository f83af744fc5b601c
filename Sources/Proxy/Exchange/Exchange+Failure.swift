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

    func redirect(_ rule: UnsafePointer<CompiledRule>, view: RequestView, bodyOffset: Int, count: Int) {
        guard let connection else { return }
        var location = HeadWriter(worker.headBuffer)
        let redirect = rule.pointee.redirect
        let length = redirect.maximumLocationLength(host: view.host, path: view.path, query: view.query)
        guard let room = location.reserve(length),
            let written = redirect.writeLocation(
                requestIsTLS: false, host: view.host, listenerPort: connection.listener.specPort, path: view.path,
                query: view.query, prefixLength: prefixLength,
                into: UnsafeMutableRawBufferPointer(start: room, count: length))
        else { return respond(status: 500, detail: "", bodyOffset: bodyOffset, count: count) }
        location.advance(written)

        connection.skipBody(offset: bodyOffset, count: count)
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
        writer.write("\r\n")
        connection.closeAfterResponse = closes
        connection.send(writer.written, closesBehind: closes)
        end(status: rule.pointee.status)?.responseFinished()
    }

    /// Answers with an error of the proxy's own making.
    private func respond(status: UInt16, detail: StaticString) {
        guard let connection else { return }
        let closes = connection.closeAfterResponse || connection.phase == .body
        connection.closeAfterResponse = closes
        var writer = HeadWriter(worker.headBuffer)
        LocalResponse.write(
            status: status, detail: detail, closes: closes, isHead: method == .head, minorVersion: minorVersion,
            worker: worker, to: &writer)
        connection.send(writer.written, closesBehind: closes)
        end(status: status)?.responseFinished()
    }

    // MARK: Failures of the backend

    /// No connection to `endpoint` could be opened. Nothing has been sent, so another endpoint may be tried whatever the
    /// method; `unsent` is what waited for the connection.
    func connectFailed(endpoint: EndpointPool, unsent: consuming ByteQueue) {
        upstream = nil
        if let next = nextEndpoint(after: endpoint), let connection = acquire(next) {
            upstream = connection
            connection.take(self)
            // The pooled connection may turn out to be closed.
            if connection.isReused, method.isIdempotent, requestIsSent {
                replay.append(UnsafeRawBufferPointer(unsent.bytes))
            }
            connection.send(UnsafeRawBufferPointer(unsent.bytes), UnsafeRawBufferPointer(start: nil, count: 0))
            // The client was not read while the first connection was opening, and a pooled one reports no event of its own.
            if !connection.isBlocked { upstreamDrained() }
            return
        }
        respond(status: 503, detail: "the backend cannot be reached")
    }

    /// A pooled connection was closed by the endpoint before it answered anything: the request goes out once more on a
    /// fresh connection if it may be repeated (RFC 9110 section 9.2.2) and is still here completely.
    func pooledConnectionWasStale() {
        upstream?.abandon()
        upstream = nil
        guard !replay.isEmpty, requestIsSent, let connection = freshConnection() else {
            return respond(status: 502, detail: "the backend closed the connection without a response")
        }
        worker.counters.upstreamStaleRetries += 1
        upstream = connection
        connection.take(self)
        let bytes = UnsafeRawBufferPointer(replay.bytes)
        connection.send(bytes, UnsafeRawBufferPointer(start: nil, count: 0))
        replay.clear()
    }

    /// A new connection to any endpoint of the backend: another pooled one might be as stale as the first.
    private func freshConnection() -> UpstreamConnection? {
        guard let endpoint = pool?.pick(random: worker.random(), now: worker.loop.now) else { return nil }
        return connect(endpoint)
    }

    /// The backend broke the rules or off, before any part of the final response went to the client.
    func upstreamFailed(detail: StaticString) {
        upstream?.abandon()
        upstream = nil
        respond(status: 502, detail: detail)
    }

    /// The backend broke off inside the response body: the client must not take what it has for the whole.
    func responseTruncated() {
        upstream?.abandon()
        worker.counters.requestsAborted += 1
        let status = status
        let connection = end(status: status)
        connection?.exchange = nil
        connection?.reset()
    }

    // MARK: Failures of the client

    /// The client closed its connection. 499 is what this has been called since nginx.
    func clientGone() {
        upstream?.abandon()
        worker.counters.requestsAborted += 1
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
