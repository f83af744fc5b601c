/// Whether an endpoint should be left alone for a moment because connections to it could not be opened.
///
/// Without this a dead endpoint would draw requests: it has the fewest in flight. Times are nanoseconds of the caller's
/// clock.
package struct EndpointHealth: Sendable, BitwiseCopyable {
    /// Consecutive connections that could not be opened.
    private var connectFailures: UInt64 = 0
    private var avoidUntil: UInt64 = 0

    package init() {}

    package mutating func connectSucceeded() {
        self = EndpointHealth()
    }

    /// Keeps requests away for 1 s after the first failure, then 2, 4 and at most 8 s, as long as there are others.
    package mutating func connectFailed(now: UInt64) {
        avoidUntil = now + (1_000_000_000 << min(connectFailures, 3))
        connectFailures += 1
    }

    package func isAvoided(now: UInt64) -> Bool {
        avoidUntil > now
    }
}
