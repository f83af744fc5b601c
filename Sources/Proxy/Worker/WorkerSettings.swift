import HTTP1

/// `ProxySettings` as the hot path reads them: plain nanoseconds.
struct WorkerSettings: BitwiseCopyable {
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

    /// How long a client that has sent its FIN may go on waiting for the response to begin.
    var halfCloseGrace: UInt64 = 1_000_000_000

    init(_ settings: ProxySettings) {
        headLimits = settings.headLimits
        headerTimeout = settings.headerTimeout.nanoseconds
        idleTimeout = settings.idleTimeout.nanoseconds
        connectTimeout = settings.connectTimeout.nanoseconds
        upstreamIdleTimeout = settings.upstreamIdleTimeout.nanoseconds
    }
}
