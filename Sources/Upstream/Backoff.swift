/// How long to wait before a retry: the configured pause, doubled from retry to retry up to a bound, and a random part
/// on top, so that requests which failed together do not come back together. Never shorter than what is configured.
package enum Backoff {
    /// A pause longer than this grows by its random part only. Nanoseconds.
    static let growthLimit: UInt64 = 1_000_000_000

    /// The pause in nanoseconds: `base`, `2 * base`, `4 * base`... up to 8 times `base` and not above 1 s (or `base`, if
    /// that is longer), plus up to a half of it.
    ///
    /// - Parameters:
    ///   - base: nanoseconds.
    ///   - retry: 1 for the first retry.
    ///   - random: evenly distributed over all 64-bit values.
    package static func delay(base: UInt64, retry: UInt32, random: UInt64) -> UInt64 {
        let doublings = min(max(retry, 1) - 1, 3)
        let (grown, overflow) = base.multipliedReportingOverflow(by: 1 << UInt64(doublings))
        let delay = max(base, min(overflow ? .max : grown, growthLimit))
        let jitter = random.multipliedFullWidth(by: delay / 2).high
        let (sum, carry) = delay.addingReportingOverflow(jitter)
        return carry ? .max : sum
    }
}
