/// Counters of one event loop that have no labels of their own. Plain integers: each loop has its set, and they are
/// added up when somebody asks.
package struct LoopCounters: Sendable, Equatable {
    /// Downstream connections accepted.
    package var connectionsAccepted: UInt64 = 0
    /// Downstream connections open now.
    package var connectionsActive: UInt64 = 0
    /// Requests refused before routing: malformed, too large, too slow.
    package var requestsRefused: UInt64 = 0
    /// Requests that ended before their response was complete, whoever broke off.
    package var requestsAborted: UInt64 = 0
    /// Connections opened to backends.
    package var upstreamConnects: UInt64 = 0
    /// Connections to backends that could not be opened.
    package var upstreamConnectFailures: UInt64 = 0
    /// Connections to backends open now, in use or pooled.
    package var upstreamActive: UInt64 = 0
    /// HTTP/2 streams opened on them.
    package var upstreamStreams: UInt64 = 0
    /// Requests sent again because a backend said that it had not looked at them.
    package var upstreamUnprocessedRetries: UInt64 = 0
    /// TLS handshakes with backends that failed; they count as connections that could not be opened, too.
    package var upstreamHandshakeFailures: UInt64 = 0
    /// Those among them where the backend's certificate was not what it had to be.
    package var upstreamVerificationFailures: UInt64 = 0
    /// Requests sent again because a pooled connection turned out to be closed.
    package var upstreamStaleRetries: UInt64 = 0

    /// Requests that were not answered within `timeouts.request`.
    package var requestsTimedOut: UInt64 = 0
    /// Attempts that a backend did not answer within `timeouts.backendRequest`.
    package var attemptsTimedOut: UInt64 = 0
    /// Attempts after the first.
    package var retries: UInt64 = 0
    /// Retries that a backend's retry budget did not allow.
    package var retriesOverBudget: UInt64 = 0
    /// Copies of requests sent to mirrors.
    package var mirrorsSent: UInt64 = 0
    /// Copies that were not sent or given up, because a mirror was away, slow, or had too many.
    package var mirrorsDropped: UInt64 = 0
    /// Copies that a mirror did not answer properly.
    package var mirrorsFailed: UInt64 = 0
    /// Requests that an authorization server refused.
    package var authorizationsRefused: UInt64 = 0
    /// Requests that were not let in because the authorization server could not be asked.
    package var authorizationFailures: UInt64 = 0
    /// Connections of trusted peers closed because their PROXY protocol header was malformed, too long or too late.
    package var proxyHeadersRefused: UInt64 = 0

    /// TLS handshakes with clients that were completed.
    package var tlsHandshakes: UInt64 = 0
    /// Those among them that resumed a session.
    package var tlsHandshakesResumed: UInt64 = 0
    /// TLS handshakes with clients that failed.
    package var tlsHandshakesFailed: UInt64 = 0

    /// HTTP/2 connections of clients open now.
    package var http2Connections: UInt64 = 0
    /// Streams that clients opened: requests over HTTP/2.
    package var http2Streams: UInt64 = 0
    /// Streams that clients reset before they were answered.
    package var streamsReset: UInt64 = 0
    /// Streams refused because a client had too many open (REFUSED_STREAM).
    package var streamsRefused: UInt64 = 0
    /// Streams reset because the client did not take its response.
    package var streamsStalled: UInt64 = 0
    /// HTTP/2 connections ended because of frames without use, or header blocks without end.
    package var controlFloods: UInt64 = 0
    /// HTTP/2 connections ended because of requests that were reset as quickly as they came.
    package var resetFloods: UInt64 = 0
    /// HTTP/2 connections ended because the client broke the protocol.
    package var http2Errors: UInt64 = 0

    package init() {}

    package mutating func add(_ other: LoopCounters) {
        http2Connections += other.http2Connections
        http2Streams += other.http2Streams
        streamsReset += other.streamsReset
        streamsRefused += other.streamsRefused
        streamsStalled += other.streamsStalled
        controlFloods += other.controlFloods
        resetFloods += other.resetFloods
        http2Errors += other.http2Errors
        connectionsAccepted += other.connectionsAccepted
        connectionsActive += other.connectionsActive
        requestsRefused += other.requestsRefused
        requestsAborted += other.requestsAborted
        upstreamConnects += other.upstreamConnects
        upstreamConnectFailures += other.upstreamConnectFailures
        upstreamActive += other.upstreamActive
        upstreamStreams += other.upstreamStreams
        upstreamUnprocessedRetries += other.upstreamUnprocessedRetries
        upstreamHandshakeFailures += other.upstreamHandshakeFailures
        upstreamVerificationFailures += other.upstreamVerificationFailures
        upstreamStaleRetries += other.upstreamStaleRetries
        requestsTimedOut += other.requestsTimedOut
        attemptsTimedOut += other.attemptsTimedOut
        retries += other.retries
        retriesOverBudget += other.retriesOverBudget
        mirrorsSent += other.mirrorsSent
        mirrorsDropped += other.mirrorsDropped
        mirrorsFailed += other.mirrorsFailed
        authorizationsRefused += other.authorizationsRefused
        authorizationFailures += other.authorizationFailures
        tlsHandshakes += other.tlsHandshakes
        tlsHandshakesResumed += other.tlsHandshakesResumed
        tlsHandshakesFailed += other.tlsHandshakesFailed
        proxyHeadersRefused += other.proxyHeadersRefused
    }
}

/// What one event loop reports, or the sum over all loops.
package struct LoopSnapshot: Sendable {
    package var requests = RequestMetricsSnapshot()
    package var counters = LoopCounters()
    package var streams: [StreamLabels: StreamSeries.Counters] = [:]

    package init() {}

    package init(
        requests: RequestMetricsSnapshot, counters: LoopCounters, streams: [StreamLabels: StreamSeries.Counters] = [:]
    ) {
        self.requests = requests
        self.counters = counters
        self.streams = streams
    }

    package mutating func add(_ other: LoopSnapshot) {
        requests.add(other.requests)
        counters.add(other.counters)
        streams.merge(other.streams) { mine, theirs in
            var sum = mine
            sum.add(theirs)
            return sum
        }
    }
}
