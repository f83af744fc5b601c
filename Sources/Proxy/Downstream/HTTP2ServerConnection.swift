import CLinux
import HTTP1
import HTTP2
import Routing
import TLS
import Telemetry

/// A client's HTTP/2 connection: owns the socket and the streams. What HTTP/2 is about is `ConnectionState`'s.
///
/// Everything that is written during one turn of the loop leaves in one send at its end.
final class HTTP2ServerConnection: EventHandler {
    enum Phase: UInt8 {
        case open
        /// What is written is flushed, then the connection closes.
        case closing
        /// Sends nothing more: reads and discards for a while, so that the last frames are not overtaken by a reset.
        case lingering
        case closed
    }

    /// Output that is sent without waiting for the end of the turn.
    static let sendAtOnce = 128 * 1024

    let worker: Worker
    let listener: ListenerSocket
    let clientText: ClientText
    let tls: TLSSession?
    private let listenerKey: Int
    var http2: ConnectionState
    var phase = Phase.open
    var isReadable = false
    var peerClosed = false
    var isProcessing = false
    /// The beginning of a frame.
    var input = ByteQueue()
    /// Bytes in the receive area while they are worked off, and how far that has come.
    var received = 0
    var consumed = 0
    /// Encrypted bytes that wait for the socket.
    var encrypted = ByteQueue()
    /// The socket takes no more for now.
    var isBlocked = false
    var isFlushPlanned = false
    /// By slot.
    var streams: ContiguousArray<ServerStream?> = []
    /// Some streams wait for a turn in which their backends may be read again.
    var hasDrainedStreams = false
    /// Which stream is the first to use new windows.
    var pumpStart = 0
    var deadline: UInt64 = .max
    /// When the last stream ended or, before, when the connection began.
    var restingSince: UInt64
    /// When the current header block began to arrive; 0 outside of one.
    var headerSince: UInt64 = 0
    var unacknowledged: Int32 = -1
    var drainUntil: UInt64 = .max
    var discarded = 0
    var refusedBefore: UInt64 = 0
    var malformedBefore: UInt64 = 0

    init(
        worker: Worker, listener: ListenerSocket, descriptor: Int32, client: ClientText, tls: TLSSession?,
        listenerKey: Int
    ) {
        self.worker = worker
        self.listener = listener
        clientText = client
        self.tls = tls
        self.listenerKey = listenerKey
        http2 = ConnectionState(role: .server, settings: worker.http2Settings, now: worker.loop.now)
        restingSince = worker.loop.now
        super.init(descriptor: descriptor)
        worker.counters.http2Connections += 1
    }

    var isSecure: Bool { tls != nil }

    func isMisdirected(_ outcome: MatchOutcome, _ table: LoopTable) -> Bool {
        tls != nil && listener.differs(from: listenerKey, outcome, table)
    }

    /// Takes over a socket from which `count` bytes, the connection preface and perhaps more, have been received.
    func begin(_ count: Int, isReadable: Bool, peerClosed: Bool) {
        self.isReadable = isReadable
        self.peerClosed = peerClosed
        http2.start()
        noteDeadline(worker.loop.now + worker.settings.headerTimeout)
        if worker.isDraining { beginDrain() }
        isProcessing = true
        process(count)
        isProcessing = false
        afterProcessing()
        if self.isReadable { processInput() }
    }

    // MARK: Events

    override func ready(_ events: UInt32) {
        if events & WEIR_EVENT_BROKEN != 0 { return abort() }
        if events & WEIR_EVENT_OUT != 0, isBlocked {
            flush()
            guard phase != .closed else { return }
        }
        if events & WEIR_EVENT_PEER_CLOSED != 0 {
            peerClosed = true
            isReadable = true
        }
        if events & WEIR_EVENT_IN != 0 { isReadable = true }
        if isReadable { processInput() }
    }

    override func turnEnds() {
        isFlushPlanned = false
        guard phase != .closed, !isBlocked else { return }
        flush()
    }

    override func deadlineReached() {
        checkDeadlines()
    }

    override func terminate() {
        abort()
    }
}
