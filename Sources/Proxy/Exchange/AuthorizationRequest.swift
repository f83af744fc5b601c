import HTTP1
import HTTPSemantics
import Routing
import Telemetry

/// The question to an authorization server (`externalAuth`, GEP-1494) whether a request may go on. Only 200 lets it.
///
/// While the question is open, what comes after it is held here: the head for the backend, already written, or the answer
/// for the client. The client's body is not read meanwhile, unless the server is to see it.
final class AuthorizationRequest: BackendRequest {
    /// What happens to a request that is let in.
    enum Continuation {
        /// What is held is a request head for this endpoint.
        case forward(EndpointPool)
        /// What is held is a response with this status.
        case answer(UInt16)
    }

    private let policy: UnsafePointer<CompiledExternalAuth>
    private let continuation: Continuation
    private let framing: BodyFraming
    /// nil once the question is settled.
    private var exchange: Exchange?
    /// Kept for `pool`, and so that `policy` stays valid.
    private let table: LoopTable
    private var held = ByteQueue()
    /// The head of the question but for Content-Length and the empty line.
    private var question = ByteQueue()
    /// What the server is to see of the client's body.
    private var body = ByteQueue()
    /// Field lines of a positive answer for the backend.
    private var granted = ByteQueue()
    private var isGranted = false
    /// The client's body is being collected.
    private(set) var collectsBody: Bool

    init(
        _ policy: UnsafePointer<CompiledExternalAuth>, then continuation: Continuation, exchange: Exchange,
        table: LoopTable, framing: BodyFraming
    ) {
        self.policy = policy
        self.continuation = continuation
        self.exchange = exchange
        self.table = table
        self.framing = framing
        collectsBody = framing.hasBody && policy.pointee.maximumBodySize > 0
        super.init(worker: exchange.worker)
        method = exchange.method
    }

    override var pool: BackendPool? {
        table.currentPool(Int(policy.pointee.backendIndex), worker: worker)
    }

    /// A question changes nothing, whatever the method of the request that it is about.
    override var isRepeatable: Bool { true }
    override var isDownstreamBlocked: Bool { false }

    func hold(_ bytes: UnsafeRawBufferPointer) {
        held.append(bytes)
    }

    // MARK: Asking

    /// Writes the question from the request as the client sent it.
    func write(_ head: RequestHead, view: RequestView) {
        var writer = HeadWriter(worker.headBuffer)
        writer.write(view.base + Int(head.methodOffset), Int(head.methodLength))
        writer.write(" ")
        writer.write(policy.pointee.pathPrefix)
        if view.path.first == UInt8(ascii: "/") || policy.pointee.pathPrefix.count == 0 { writer.write(view.path) }
        if head.hasQuery {
            writer.write("?")
            writer.write(view.query)
        }
        writer.write(" HTTP/1.1\r\nHost: ")
        writer.write(view.base + Int(head.authorityOffset), Int(head.authorityLength))
        writer.write("\r\n")
        for line in view.fields where !line.isHopByHop {
            switch line.known {
            case .host, .contentLength, .expect: continue
            case .authorization: break
            default: guard policy.pointee.sends(requestField: view.name(of: line)) else { continue }
            }
            writer.write(view.name(of: line))
            writer.write(": ")
            writer.write(view.value(of: line))
            writer.write("\r\n")
        }
        question.append(writer.written)
    }

    /// Sends the question; the client's body, if the server is to see it, is complete.
    func ask() {
        collectsBody = false
        var ending = HeadWriter(worker.headBuffer)
        ending.write("Content-Length: ")
        ending.write(decimal: body.count)
        ending.write("\r\n\r\n")
        question.append(ending.written)
        question.append(UnsafeRawBufferPointer(body.bytes))
        requestIsSent = true
        attemptDeadline = worker.loop.now + worker.settings.authorizationTimeout
        guard let endpoint = pool?.pick(random: worker.random(), now: worker.loop.now),
            let connection = acquire(endpoint)
        else { return backendUnreachable(connectFailure) }
        use(connection)
        if connection.isReused || connection.mayBeRefused { replay.append(UnsafeRawBufferPointer(question.bytes)) }
        connection.send(UnsafeRawBufferPointer(question.bytes), UnsafeRawBufferPointer(start: nil, count: 0))
        question.release()
    }

    /// Takes bytes of the client's body, and asks when it is complete.
    func collect(_ bytes: UnsafeRawBufferPointer) {
        guard collectsBody, let exchange else { return }
        guard body.count + bytes.count <= policy.pointee.maximumBodySize else {
            return fail(status: 413, detail: "the body is too large for the authorization server")
        }
        body.append(bytes)
        if exchange.connection?.phase == .responding { ask() }
    }

    // MARK: The answer

    override func writeResponseHead(_ head: ResponseHead, base: UnsafeMutableRawPointer) {
        guard head.status == 200 else {
            // The client gets the refusal as the server wrote it.
            guard let exchange, let upstream else { return }
            if exchange.rpc != .none { return refuse(status: head.status) }
            self.upstream = nil
            self.exchange = nil
            exchange.takeRefusal(from: upstream)
            return exchange.writeResponseHead(head, base: base)
        }
        isGranted = true
        for line in worker.fields.prefix(Int(head.fieldCount)) where !line.isHopByHop {
            let name = UnsafeRawBufferPointer(start: base + Int(line.nameOffset), count: Int(line.nameLength))
            guard policy.pointee.mayPass(responseField: name) else { continue }
            granted.append(name)
            granted.append(": ")
            granted.append(
                UnsafeRawBufferPointer(start: base + Int(line.valueOffset), count: Int(line.valueLength)))
            granted.append("\r\n")
        }
    }

    override func sendResponseEnd(
        _ data: UnsafeMutableRawBufferPointer, trailerBase: UnsafeMutableRawPointer?, trailerCount: Int
    ) {
        upstream?.release(requestIsComplete: requestIsSent)
        upstream = nil
        guard isGranted, let exchange else { return }
        self.exchange = nil
        exchange.authorization = nil
        proceed(exchange)
    }

    /// Sends on what was held.
    private func proceed(_ exchange: Exchange) {
        switch continuation {
        case .answer(let status):
            exchange.sendHeldAnswer(UnsafeRawBufferPointer(held.bytes), status: status)
        case .forward(let endpoint):
            var head = ByteQueue()
            GrantedFields.apply(granted.bytes, of: policy, to: held.bytes, into: &head)
            // A body that the server has seen leaves behind the head; any other follows from the client.
            let isWhole = exchange.connection?.phase == .responding
            switch framing {
            case .chunked where isWhole:
                ChunkWriter.append(wholeBody: UnsafeRawBufferPointer(body.bytes), to: &head)
            case .contentLength where isWhole: head.append(UnsafeRawBufferPointer(body.bytes))
            case .chunked, .contentLength, .none, .untilClose: break
            }
            exchange.sendHeldRequest(UnsafeRawBufferPointer(head.bytes), to: endpoint, isWhole: isWhole)
        }
    }

    // MARK: Failures: nobody is let in

    override func backendUnreachable(_ failure: UpstreamFailure) {
        fail(status: 503, detail: "the authorization server cannot be reached")
    }

    override func upstreamFailed(_ failure: UpstreamFailure) {
        fail(status: 503, detail: "the authorization server did not answer")
    }

    override func responseTruncated() {
        fail(status: 503, detail: "the authorization server did not answer")
    }

    override func attemptTimedOut() {
        fail(status: 504, detail: "the authorization server did not answer in time")
    }

    private func fail(status: UInt16, detail: StaticString) {
        guard exchange != nil else { return }
        worker.counters.authorizationFailures += 1
        settle(status: status, detail: detail)
    }

    /// A refusal in the words of HTTP is of no use to a client of gRPC.
    private func refuse(status: UInt16) {
        worker.counters.authorizationsRefused += 1
        settle(status: status, detail: "the authorization server refused the call")
    }

    private func settle(status: UInt16, detail: StaticString) {
        guard let exchange else { return }
        upstream?.abandon()
        upstream = nil
        self.exchange = nil
        exchange.authorization = nil
        exchange.respond(status: status, detail: detail)
    }

    /// The client is gone, or has waited long enough.
    func abandon() {
        exchange = nil
        upstream?.abandon()
        upstream = nil
    }
}
