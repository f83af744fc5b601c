import HTTP1
import HTTPSemantics
import Routing
import Telemetry

/// One request and its response, between a client's connection and a backend's. Reused for the next request when it is
/// over; whoever calls a method that may end the exchange does not touch it afterwards.
///
/// The parts: `Exchange+Request` writes what goes to the backend, `Exchange+Response` what goes to the client,
/// `Exchange+Failure` says what happens when something breaks.
final class Exchange {
    /// How the response body is framed for the client.
    enum ResponseFraming {
        case identity
        case chunked
    }

    let worker: Worker
    var connection: ServerConnection?
    var upstream: UpstreamConnection?
    /// Kept until the end, so that `rule` and `backend` stay valid across reloads.
    var table: LoopTable?
    var rule: UnsafePointer<CompiledRule>?
    var backend: UnsafePointer<CompiledBackend>?
    var prefixLength = 0
    private var target = 0
    private(set) var method: RequestMethod = .get
    /// The client's.
    private(set) var minorVersion: UInt8 = 1
    private var startedAt: UInt64 = 0

    /// Everything of the request has been handed to the backend's connection.
    var requestIsSent = false
    /// The whole request, kept while it may have to be sent again; empty when it may not.
    var replay = ByteQueue()
    /// Endpoints that were tried.
    var attempts = 0

    /// Status of the final response once its head is written; 0 before.
    var status: UInt16 = 0
    var responseFraming: ResponseFraming = .identity
    /// Bytes of the head at hand that wait in the worker's head buffer for the body bytes that arrived with it. Always
    /// sent before the event is over, since the buffer is the loop's.
    var pendingHead = 0

    init(worker: Worker) {
        self.worker = worker
    }

    func begin(
        connection: ServerConnection, table: LoopTable, outcome: MatchOutcome, method: RequestMethod,
        minorVersion: UInt8
    ) {
        self.connection = connection
        self.table = table
        rule = outcome.rule
        prefixLength = Int(outcome.prefixLength)
        target = Int(outcome.target)
        self.method = method
        self.minorVersion = minorVersion
        startedAt = worker.loop.now
        requestIsSent = false
        attempts = 0
        status = 0
        responseFraming = .identity
        pendingHead = 0
    }

    /// The endpoints of the chosen backend as they are now: they may have changed since the request was matched.
    var pool: BackendPool? {
        guard let table, let index = backend?.pointee.backendIndex, index >= 0 else { return nil }
        return table.backends[Int(index)]
    }

    // MARK: Back-pressure

    var isUpstreamBlocked: Bool { upstream?.isBlocked ?? true }
    var isDownstreamBlocked: Bool { connection?.isBlocked ?? false }

    func upstreamDrained() {
        connection?.processInput()
    }

    func downstreamDrained() {
        upstream?.processInput()
    }

    // MARK: The end

    /// Counts the request, lets go of both connections' references, and becomes free for the next one.
    /// - Returns: the client's connection, for which the caller decides what comes next.
    func end(status: UInt16) -> ServerConnection? {
        let connection = connection
        if let table {
            table.series(target: target, metrics: worker.metrics).record(
                method: method, status: status, duration: worker.loop.now - startedAt)
        }
        self.connection = nil
        upstream = nil
        table = nil
        rule = nil
        backend = nil
        replay.clear()
        worker.giveBack(self)
        return connection
    }
}
