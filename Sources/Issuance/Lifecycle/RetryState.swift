package import KubernetesTypes

/// Why no certificate came of an attempt.
package struct IssuanceFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// Nobody said no: the server was not reached, or had a trouble of its own.
        case temporary
        /// The answer will be the same until somebody changes something.
        case refused
    }

    package var kind: Kind
    /// One sentence for people; never contains a key or a token.
    package var message: String
    /// The server asks not to be called before (Retry-After). At most a week counts.
    package var retryAfter: Timestamp?

    package init(_ kind: Kind, _ message: String, retryAfter: Timestamp? = nil) {
        self.kind = kind
        self.message = message
        self.retryAfter = retryAfter
    }

    package var description: String { message }
}

/// Failures in a row, and when to try again.
///
/// After a temporary failure 10 s, doubling up to 10 min. After a refusal 1 min, then three times as long from one to
/// the next up to 6 h: Let's Encrypt allows five refused validations of a name in an hour.
package struct RetryState: Sendable, Hashable {
    package private(set) var failures = 0
    package private(set) var lastFailure: IssuanceFailure?
    package private(set) var lastFailureTime: Timestamp?
    package private(set) var notBefore: Timestamp?

    static let longestServerWish: Int64 = 7 * 86_400

    package init() {}

    mutating func rest(until moment: Timestamp) {
        notBefore = moment
    }

    mutating func failed(_ failure: IssuanceFailure, at now: Timestamp, jitter: Double) {
        failures += 1
        lastFailure = failure
        lastFailureTime = now
        var pause =
            switch failure.kind {
            case .temporary: Self.pause(10, times: 2, failures: failures, limit: 600)
            case .refused: Self.pause(60, times: 3, failures: failures, limit: 6 * 3_600)
            }
        pause += Int64(Double(pause) * jitter / 10)
        var next = now.secondsSince1970 + pause
        if let asked = failure.retryAfter {
            next = max(next, min(asked.secondsSince1970, now.secondsSince1970 + Self.longestServerWish))
        }
        notBefore = Timestamp(secondsSince1970: next)
    }

    private static func pause(_ first: Int64, times factor: Int64, failures: Int, limit: Int64) -> Int64 {
        var pause = first
        for _ in 1..<max(2, min(failures, 32)) where failures > 1 { pause = min(limit, pause * factor) }
        return pause
    }
}
