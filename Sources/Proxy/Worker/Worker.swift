import CLinux
import Glibc
import HTTP1
import HTTP2
import Routing
import TLS
import Telemetry

/// One thread of the data plane: its event loop and all that its connections share. Nothing here is ever touched by
/// another thread; others hand over tasks through `loop.execute`.
final class Worker {
    /// From 0.
    let index: Int
    let loop: EventLoop
    let settings: WorkerSettings
    let metrics: RequestMetrics
    let streamMetrics = StreamMetrics()
    var counters = LoopCounters()

    /// Where every connection of this loop receives.
    let receive: ReceiveBuffer
    /// Where every head is rewritten.
    let headBuffer: UnsafeMutableRawBufferPointer
    /// The normalised host of the request at hand.
    let hostBuffer: UnsafeMutableRawBufferPointer
    /// Where HTTP/2 heads are decoded to: used between `ConnectionState.receive` and the handling of its event.
    let http2Head: UnsafeMutableRawPointer
    /// What this proxy says of itself on HTTP/2 connections.
    let http2Settings: LocalSettings
    /// Where HTTP/2 frames of backends are received: what is in them goes through `receive` as if it had come in HTTP/1.1.
    let frames: ReceiveBuffer
    /// Where chunks are taken off request bodies for HTTP/2 backends.
    let scratch: UnsafeMutableRawBufferPointer
    /// Fields of heads and trailers that this proxy wrote itself.
    let writtenFields = FieldStorage(capacity: UpstreamStream.limits.fieldCount)
    let fields = FieldStorage()
    let trailers = FieldStorage()
    /// Between sockets and TLS sessions.
    private(set) lazy var transit = TLSTransit()

    /// The table for new requests.
    var table: LoopTable
    var listeners: [ListenerSocket] = []
    /// Every endpoint of the current table.
    var endpoints: [EndpointKey: EndpointPool] = [:]
    /// Of the backends that have one.
    var retryBudgets: [BackendID: RetryBudgetState] = [:]
    var datagramSockets: [DatagramSocket] = []
    var pipes = SplicePipes()
    /// Relays of TCP and TLS listeners that are open.
    var relayCount = 0
    private(set) lazy var flows = DatagramFlows(worker: self)
    /// Of ACME servers that are about to ask. Empty but for a few seconds in months.
    var challenges: ContiguousArray<HTTPChallenge> = []
    var isDraining = false
    /// Called once when a draining worker has no connection left.
    var onDrained: (() -> Void)?

    private var spareExchanges: ContiguousArray<Exchange> = []
    private var spareStreams: ContiguousArray<ServerStream> = []
    private var randomState: UInt64
    private var date: DateLine
    /// A descriptor given up for a moment when there are no others left.
    private var reserve = weir_eventfd()

    init(index: Int, settings: ProxySettings, loop: EventLoop, seed: UInt64) {
        self.index = index
        self.loop = loop
        self.settings = WorkerSettings(settings)
        metrics = RequestMetrics(seriesLimit: settings.metricSeriesLimit)
        let largestHead = settings.headLimits.maximumHeadBytes
        // Behind a head that is nearly complete a whole TLS record must find room.
        receive = ReceiveBuffer(areaCount: max(64 * 1024, largestHead + 1024 + 2 * TLSTransit.largestRecord))
        // A rewritten head: the original, the fields that modifiers of rule and backend may add (16 set and 16 add
        // each, of at most 256 + 4096 bytes), and what the proxy adds itself.
        frames = ReceiveBuffer(areaCount: 64 * 1024 + 2 * TLSTransit.largestRecord)
        scratch = .allocate(byteCount: 256 * 1024, alignment: 16)
        headBuffer = .allocate(byteCount: largestHead + 4 * 16 * 4400 + 8192, alignment: 16)
        hostBuffer = .allocate(byteCount: 256, alignment: 16)
        var http2Settings = LocalSettings()
        http2Settings.headBytes = settings.headLimits.headerSectionBytes
        http2Settings.headFields = settings.headLimits.fieldCount
        http2Settings.enablesConnectProtocol = true
        // Room for thirty uploads that nobody takes beside those that are taken.
        http2Settings.connectionWindow = 8 * 1024 * 1024
        self.http2Settings = http2Settings
        http2Head = .allocate(byteCount: http2Settings.headBufferBytes, alignment: 16)
        table = LoopTable(table: RoutingTable(.empty), backends: [], ports: [])
        randomState = seed | 1
        date = DateLine()
    }

    deinit {
        headBuffer.deallocate()
        scratch.deallocate()
        hostBuffer.deallocate()
        http2Head.deallocate()
        Glibc.close(reserve)
    }

    /// A number for load balancing and weights (xorshift64*): quick, not secret.
    func random() -> UInt64 {
        randomState ^= randomState >> 12
        randomState ^= randomState << 25
        randomState ^= randomState >> 27
        return randomState &* 0x2545_f491_4f6c_dd1d
    }

    /// `Date: …` with its line end, for the current second.
    func writeDate(to writer: inout HeadWriter) {
        date.write(to: &writer, now: loop.now)
    }

    // MARK: Exchanges are reused: one is made for as many requests as are in flight at once.

    func takeExchange() -> Exchange {
        spareExchanges.popLast() ?? Exchange(worker: self)
    }

    func giveBack(_ exchange: Exchange) {
        if spareExchanges.count < 1024 { spareExchanges.append(exchange) }
    }

    func takeStream() -> ServerStream {
        spareStreams.popLast() ?? ServerStream(worker: self)
    }

    func giveBack(_ stream: ServerStream) {
        if spareStreams.count < 1024 { spareStreams.append(stream) }
    }

    // MARK: Connections

    func connectionOpened() {
        counters.connectionsAccepted += 1
        counters.connectionsActive += 1
    }

    func connectionClosed() {
        counters.connectionsActive -= 1
        if isDraining, isIdle { drained() }
    }

    /// A UDP flow has ended.
    func flowClosed() {
        if isDraining { closeDatagramSockets() }
        if isDraining, isIdle { drained() }
    }

    /// Once no flow is left, so that another process can have the ports.
    private func closeDatagramSockets() {
        guard flows.count == 0 else { return }
        for socket in datagramSockets { loop.close(socket) }
        datagramSockets = []
    }

    private var isIdle: Bool { counters.connectionsActive == 0 && flows.count == 0 }

    /// Out of descriptors: accepts one connection with the descriptor kept for this and closes it, so that the client
    /// learns it at once and the backlog does not spin the loop.
    func refuseOne(_ listener: Int32) {
        Glibc.close(reserve)
        var storage = sockaddr_storage()
        let accepted = weir_accept(listener, &storage)
        if accepted >= 0 { Glibc.close(accepted) }
        reserve = weir_eventfd()
    }

    private func drained() {
        let callback = onDrained
        onDrained = nil
        callback?()
    }

    /// Stops accepting, closes what is idle, lets the rest finish. `completion` is called when no connection is left.
    func drain(completion: @escaping () -> Void) {
        isDraining = true
        onDrained = completion
        for listener in listeners { listener.acceptRestAndClose() }
        listeners = []
        for endpoint in endpoints.values { endpoint.retire() }
        loop.forEachHandler { handler in
            (handler as? ServerConnection)?.closeIfIdle()
            (handler as? ConnectionInspector)?.closeIfSilent()
            (handler as? HTTP2ServerConnection)?.beginDrain()
        }
        flows.drain(until: loop.now + settings.flowDrainTimeout)
        closeDatagramSockets()
        if isIdle { drained() }
    }

    /// Closes every connection at once.
    func closeAll() {
        loop.forEachHandler { $0.terminate() }
    }

    func snapshot() -> LoopSnapshot {
        LoopSnapshot(requests: metrics.snapshot(), counters: counters, streams: streamMetrics.snapshot())
    }
}
