/// `rules[].retry` (GEP-1731). Its presence alone means that connection errors and expired attempts are tried again.
package struct RetryPolicy: Sendable, Hashable {
    /// Response statuses to retry on, each 400...599; empty retries on no response.
    package var codes: Set<UInt16>
    /// Tries after the first, at least 1.
    package var attempts: UInt32
    /// The shortest pause before a retry; the proxy lengthens it from retry to retry.
    package var backoff: Duration

    /// What a missing `attempts` means.
    package static let defaultAttempts: UInt32 = 2
    /// What a missing `backoff` means.
    package static let defaultBackoff = Duration.milliseconds(25)

    package init(
        codes: Set<UInt16> = [], attempts: UInt32 = Self.defaultAttempts, backoff: Duration = Self.defaultBackoff
    ) {
        self.codes = codes
        self.attempts = attempts
        self.backoff = backoff
    }
}

/// `XBackendTrafficPolicy.spec.retryConstraint` (GEP-3388): how many retries a backend may get, over all routes.
package struct RetryBudget: Sendable, Hashable {
    /// Retries as a share of all requests to the backend within `interval`, 0...100.
    package var percent: UInt32
    /// 1 s to 1 h.
    package var interval: Duration
    /// So many retries within `minimumInterval` are always allowed; at least 1.
    package var minimumCount: UInt32
    /// Above zero, at most 1 h.
    package var minimumInterval: Duration

    package init(
        percent: UInt32 = 20, interval: Duration = .seconds(10), minimumCount: UInt32 = 10,
        minimumInterval: Duration = .seconds(1)
    ) {
        self.percent = percent
        self.interval = interval
        self.minimumCount = minimumCount
        self.minimumInterval = minimumInterval
    }
}
