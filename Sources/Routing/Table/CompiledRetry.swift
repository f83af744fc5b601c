/// The `retry` of a rule (GEP-1731).
package struct CompiledRetry: BitwiseCopyable {
    /// Tries after the first; 0 when the rule has no `retry`.
    package var attempts: UInt32
    /// The shortest pause before a retry, in nanoseconds.
    package var backoff: UInt64
    /// One bit for each status from 400.
    private var statuses: (UInt64, UInt64, UInt64, UInt64)

    /// Whether the rule has `retry`: then connection errors and expired attempts are tried again, whatever the codes.
    package var isPresent: Bool { attempts > 0 }

    /// Whether a response with this status is tried again.
    package func retries(status: UInt16) -> Bool {
        guard 400...599 ~= status else { return false }
        let bit = UInt64(1) << UInt64((status - 400) & 63)
        switch (status - 400) >> 6 {
        case 0: return statuses.0 & bit != 0
        case 1: return statuses.1 & bit != 0
        case 2: return statuses.2 & bit != 0
        default: return statuses.3 & bit != 0
        }
    }

    static var none: CompiledRetry { CompiledRetry(nil) }

    init(_ policy: RetryPolicy?) {
        attempts = policy.map { max($0.attempts, 1) } ?? 0
        backoff = policy?.backoff.nanoseconds ?? 0
        var words: [UInt64] = [0, 0, 0, 0]
        for status in policy?.codes ?? [] where 400...599 ~= status {
            words[Int(status - 400) >> 6] |= 1 << UInt64((status - 400) & 63)
        }
        statuses = (words[0], words[1], words[2], words[3])
    }
}

extension Duration {
    /// Whole nanoseconds, at least 0; the largest number when there are more.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return overflow || carry ? .max : sum
    }
}
