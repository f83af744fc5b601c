/// The retry budget of one backend (`XBackendTrafficPolicy.spec.retryConstraint`, GEP-3388) as one event loop keeps it.
///
/// Loops share nothing. The percentage holds exactly on every loop, and so on all of them together. The minimum rate is
/// divided among the loops, but each gets at least one retry: with more loops than `minimumCount` the whole may exceed
/// it by that much. Times are nanoseconds of the caller's clock.
package struct RetryAllowance: BitwiseCopyable, Sendable {
    private var requests: SlidingCounter
    private var retries: SlidingCounter
    private var recentRetries: SlidingCounter
    private let percent: UInt64
    private let minimumCount: UInt64

    /// - Parameters:
    ///   - percent: retries as a share of all requests to the backend (retries included) within `interval`, 0...100.
    ///   - minimumCount: so many retries within `minimumInterval` are always allowed, over all loops.
    ///   - loop: which of `loops` this is, from 0.
    package init(
        percent: UInt32, interval: UInt64, minimumCount: UInt32, minimumInterval: UInt64, loop: Int, loops: Int
    ) {
        requests = SlidingCounter(interval: interval)
        retries = SlidingCounter(interval: interval)
        recentRetries = SlidingCounter(interval: minimumInterval)
        self.percent = UInt64(min(percent, 100))
        let loops = max(loops, 1)
        let share = Int(minimumCount) / loops + (loop < Int(minimumCount) % loops ? 1 : 0)
        self.minimumCount = UInt64(max(share, 1))
    }

    /// To be called for every request that is sent to the backend for the first time.
    package mutating func noteRequest(now: UInt64) { requests.add(now: now) }

    /// Whether one more retry may be sent; it is counted if so.
    package mutating func takeRetry(now: UInt64) -> Bool {
        requests.advance(to: now)
        retries.advance(to: now)
        recentRetries.advance(to: now)
        let all = requests.count + retries.count + 1
        let isWithinShare = (retries.count + 1) * 100 <= percent * all
        guard isWithinShare || recentRetries.count < minimumCount else { return false }
        retries.add(now: now)
        recentRetries.add(now: now)
        return true
    }
}
