import HTTP1

/// `ProxySettings` as the hot path reads them: plain nanoseconds.
struct WorkerSettings: BitwiseCopyable {
    /// Event loops of the process.
    var workers: Int
    var headLimits: HeadLimits
    var headerTimeout: UInt64
    var idleTimeout: UInt64
    var connectTimeout: UInt64
    var upstreamIdleTimeout: UInt64
    /// How long a connection that is being closed after an early answer goes on reading and discarding, so that the
    /// client gets the answer and not a reset (RFC 9112 section 9.6).
    var lingerTimeout: UInt64 = 5_000_000_000
    /// How many bytes it discards at most.
    var lingerBytes = 4 * 1024 * 1024

    /// A request that takes more is not tried again.
    var retryBufferBytes = 64 * 1024
    /// How long a mirror may take for a copy.
    var mirrorTimeout: UInt64 = 30_000_000_000
    /// How much of a copy may wait for a slow mirror before it is given up.
    var mirrorBufferBytes = 1024 * 1024
    /// How many copies one endpoint may have open on one loop; further ones are not sent.
    var mirrorsPerEndpoint = 128
    /// How long an authorization server may take for its answer.
    var authorizationTimeout: UInt64 = 5_000_000_000

    /// How long a switched connection (WebSocket) may rest.
    var tunnelIdleTimeout: UInt64 = 3_600_000_000_000

    /// How long a client that has sent its FIN may go on waiting for the response to begin.
    var halfCloseGrace: UInt64 = 1_000_000_000

    /// 0 for never.
    var streamIdleTimeout: UInt64
    var endpointDrainTimeout: UInt64
    var flowIdleTimeout: UInt64
    var maximumFlows: Int
    /// How long a draining process waits for a reply that a UDP client has asked for.
    var flowDrainTimeout: UInt64 = 2_000_000_000

    init(_ settings: ProxySettings) {
        workers = max(1, settings.workers)
        headLimits = settings.headLimits
        headerTimeout = settings.headerTimeout.nanoseconds
        idleTimeout = settings.idleTimeout.nanoseconds
        connectTimeout = settings.connectTimeout.nanoseconds
        upstreamIdleTimeout = settings.upstreamIdleTimeout.nanoseconds
        streamIdleTimeout = settings.streamIdleTimeout?.nanoseconds ?? 0
        endpointDrainTimeout = settings.endpointDrainTimeout.nanoseconds
        flowIdleTimeout = settings.flowIdleTimeout.nanoseconds
        maximumFlows = max(1, settings.maximumFlows)
    }
}
