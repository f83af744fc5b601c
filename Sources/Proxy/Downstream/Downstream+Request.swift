import HTTP1
import HTTPSemantics
import Routing
import Telemetry

/// Room for a whole absolute-form target without a path.
private let rootPath: StaticString = "/"

extension Downstream {
    /// A request head at `base` has been parsed: finds the rule and does what it says. The beginning of its body stands in
    /// the receive area from `bodyOffset` on, up to `count`.
    final func start(_ head: RequestHead, base: UnsafeMutableRawPointer, bodyOffset: Int, count: Int) {
        var head = head
        closeAfterResponse = !head.persistent || worker.isDraining || listener.portIndex < 0
        guard head.method != .connect else {
            worker.counters.requestsRefused += 1
            return refuse(status: 501, reason: "CONNECT is not served on this listener")
        }
        guard let path = normalizedPath(&head, base: base),
            let authority = HostNormalization.normalize(
                UnsafeRawBufferPointer(start: base + Int(head.authorityOffset), count: Int(head.authorityLength)),
                into: worker.hostBuffer)
        else {
            worker.counters.requestsRefused += 1
            return refuse(status: 400, reason: "malformed request target or Host")
        }
        let view = RequestView(
            method: head.method, path: path,
            query: UnsafeRawBufferPointer(start: base + Int(head.queryOffset), count: Int(head.queryLength)),
            host: UnsafeRawBufferPointer(start: worker.hostBuffer.baseAddress, count: authority.hostLength),
            base: base, fields: worker.fields.prefix(Int(head.fieldCount)))
        let table = worker.table
        guard listener.portIndex >= 0 else { return refuse(status: 404, reason: "no longer served") }
        // ACME servers speak HTTP/1.1.
        if !worker.challenges.isEmpty, let connection = self as? ServerConnection,
            connection.answersChallenge(head, view)
        {
            return
        }
        let preflight = head.method == .options ? CORSPreflight(view) : nil
        let outcome =
            preflight.map { table.matcher.match(port: listener.portIndex, preflight: $0, request: view) }
            ?? table.matcher.match(port: listener.portIndex, request: view)

        // A port that was changed to HTTPS is not served in plain text to those who were here before, nor the reverse.
        if isMisdirected(outcome, table) || listener.port.served.isSecure != isSecure {
            worker.counters.requestsRefused += 1
            return refuse(status: 421, reason: "the connection was opened for another listener")
        }
        let exchange = worker.takeExchange()
        self.exchange = exchange
        exchange.begin(
            connection: self, table: table, outcome: outcome, method: head.method, minorVersion: head.minorVersion)
        receiveBody(of: head)
        if let preflight, let policy = outcome.rule?.pointee.extras?.pointee.filters.cors {
            return exchange.answer(preflight, policy, bodyOffset: bodyOffset, count: count)
        }
        exchange.dispatch(head: head, view: view, bodyOffset: bodyOffset, count: count)
        if phase == .body { expectBody() }
    }

    private func normalizedPath(_ head: inout RequestHead, base: UnsafeMutableRawPointer) -> UnsafeRawBufferPointer? {
        if head.pathLength == 0 {
            return UnsafeRawBufferPointer(start: rootPath.utf8Start, count: 1)
        }
        let path = UnsafeMutableRawBufferPointer(start: base + Int(head.pathOffset), count: Int(head.pathLength))
        guard let length = PathNormalization.normalize(path) else { return nil }
        head.pathLength = UInt32(length)
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(path)[..<length])
    }
}
