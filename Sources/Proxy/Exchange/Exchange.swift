import HTTP1
import HTTPSemantics
import Routing
import Telemetry

/// One request of a client and its response, between the client's connection and a backend's. Reused for the next
/// request when it is over.
///
/// The parts: `Exchange+Request` writes what goes to the backend, `Exchange+Response` what goes to the client,
/// `Exchange+Failure` says what happens when something breaks, and one file each is for timeouts, retry, session
/// persistence, mirrors, CORS, authorization, gRPC and gRPC-Web.
final class Exchange: BackendRequest {
    /// How the response body is framed for the client.
    enum ResponseFraming {
        case identity
        case chunked
        /// The client's side does it.
        case frames
    }

    var connection: Downstream?
    /// Kept until the end, so that `rule` and `backend` stay valid across reloads.
    var table: LoopTable?
    var rule: UnsafePointer<CompiledRule>?
    var backend: UnsafePointer<CompiledBackend>?
    /// What the rule asks for beyond forwarding; nil for most rules.
    var extras: UnsafePointer<CompiledExtras>?
    var prefixLength = 0
    private var target = 0
    /// The client's.
    private(set) var minorVersion: UInt8 = 1
    private(set) var startedAt: UInt64 = 0

    /// When the response must be complete, in nanoseconds of the loop's clock; 0 for never.
    var requestDeadline: UInt64 = 0
    /// When the next attempt begins while one is waited for; 0 otherwise.
    var retryAt: UInt64 = 0
    var retriesUsed: UInt32 = 0
    /// `replay` is kept for retries, and complete so far.
    var keepsReplay = false
    /// The endpoint of the last attempt that failed.
    var failedEndpoint: EndpointPool?
    /// Mirrors that still get the body.
    var mirrors: ContiguousArray<MirrorRequest> = []
    /// The question to the authorization server while it is open.
    var authorization: AuthorizationRequest?
    /// The response is an authorization server's refusal.
    var isRefused = false
    /// What the response must say about the client's session.
    var session = SessionAssignment()
    /// What the response must say about the Origin.
    var cors = CORSAnswer()

    /// How the request speaks gRPC; `.none` for ordinary requests.
    var rpc: RPCProtocol = .none
    var web = WebTranslation()
    /// `grpc-status` of the response, as far as it is known.
    var grpcStatus = GRPCStatus.unknown.code

    /// Status of the final response once its head is written; 0 before.
    var status: UInt16 = 0
    var responseFraming: ResponseFraming = .identity
    var upgrade = Upgrade.none
    /// The metrics know of the request already.
    private var isRecorded = false
    /// Bytes of the head at hand that wait in the worker's head buffer for the body bytes that arrived with it. Always
    /// sent before the event is over, since the buffer is the loop's.
    var pendingHead = 0

    func begin(
        connection: Downstream, table: LoopTable, outcome: MatchOutcome, method: RequestMethod,
        minorVersion: UInt8
    ) {
        self.connection = connection
        self.table = table
        rule = outcome.rule
        extras = outcome.rule?.pointee.extras
        prefixLength = Int(outcome.prefixLength)
        rpc = outcome.rpc
        grpcStatus = GRPCStatus.unknown.code
        target = Int(outcome.target)
        self.method = method
        self.minorVersion = minorVersion
        startedAt = worker.loop.now
        requestIsSent = false
        connectionAttempts = 0
        status = 0
        responseFraming = connection.takesFrames ? .frames : .identity
        pendingHead = 0
        keepsReplay = false
        upgrade = .none
        isRecorded = false
    }

    override var pool: BackendPool? {
        guard let table, let index = backend?.pointee.backendIndex, index >= 0 else { return nil }
        return table.currentPool(Int(index), worker: worker)
    }

    // MARK: Back-pressure

    /// Without a connection (waiting for an authorization or the next attempt) the client is not read either, nor while
    /// the authorization server refuses it: that one has no use for the body.
    var isUpstreamBlocked: Bool { isRefused || upstream?.isBlocked ?? !collectsBody }
    override var isDownstreamBlocked: Bool { connection?.isBlocked ?? false }

    override func upstreamDrained() {
        connection?.processInput()
    }

    func downstreamDrained() {
        upstream?.processInput()
    }

    // MARK: What the backend's connection reports

    override func backendUnreachable(_ failure: UpstreamFailure) { failUnreachable(failure) }
    override func upstreamFailed(_ failure: UpstreamFailure) { fail(failure) }
    override func responseTruncated() { cutShort() }
    override func attemptTimedOut() { endAttempt() }
    override var awaitsSwitch: Bool { upgrade == .asked }
    override func switchProtocols(_ head: ResponseHead, base: UnsafeMutableRawPointer) { passSwitch(head, base: base) }

    override func retries(_ head: ResponseHead, isComplete: Bool) -> Bool {
        extras == nil ? false : retryInstead(of: head, isComplete: isComplete)
    }

    override func sendInterim(_ head: ResponseHead, base: UnsafeMutableRawPointer) { passInterim(head, base: base) }
    override func writeResponseHead(_ head: ResponseHead, base: UnsafeMutableRawPointer) { passHead(head, base: base) }
    override func sendResponseBody(_ data: UnsafeMutableRawBufferPointer) { passBody(data) }

    override func sendResponseEnd(
        _ data: UnsafeMutableRawBufferPointer, trailerBase: UnsafeMutableRawPointer?, trailerCount: Int
    ) {
        passEnd(data, trailerBase: trailerBase, trailerCount: trailerCount)
    }

    // MARK: The end

    /// Counts the request, lets go of both connections' references, and becomes free for the next one.
    /// - Returns: the client's connection, for which the caller decides what comes next.
    func end(status: UInt16) -> Downstream? {
        let connection = connection
        recordOnce(status: status)
        self.connection = nil
        upstream = nil
        table = nil
        rule = nil
        backend = nil
        replay.clear()
        if extras != nil { endExtras() }
        if rpc != .none { endRPC() }
        worker.giveBack(self)
        return connection
    }

    /// Counts the request: at its end, or when what follows is no longer HTTP and may take hours.
    func recordOnce(status: UInt16) {
        guard let table, !isRecorded else { return }
        isRecorded = true
        let series = table.series(target: target, metrics: worker.metrics)
        series.record(method: method, status: status, duration: worker.loop.now - startedAt)
        if rpc != .none { series.recordGRPC(status: grpcStatus) }
    }

    /// What only rules with extras leave behind.
    private func endExtras() {
        extras = nil
        requestDeadline = 0
        attemptDeadline = 0
        retryAt = 0
        retriesUsed = 0
        keepsReplay = false
        failedEndpoint = nil
        for mirror in mirrors { mirror.abandon() }
        mirrors.removeAll(keepingCapacity: true)
        authorization?.abandon()
        authorization = nil
        isRefused = false
        session = SessionAssignment()
        cors.clear()
    }
}
