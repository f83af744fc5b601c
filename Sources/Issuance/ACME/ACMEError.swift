import KubernetesTypes

/// What can go wrong between us and an ACME server.
enum ACMEError: Error {
    /// No answer: one sentence without its full stop.
    case unreachable(String)
    /// The server says what is wrong.
    case problem(ACMEProblem)
    /// The answer is not what RFC 8555 says.
    case malformed(String)
    /// Nothing went wrong, and nothing went on.
    case timedOut(String)
    /// What we would have to do cannot be done.
    case unsolvable(String)
    case cancelled

    /// - Parameter now: for pauses that the server states in seconds.
    func failure(at now: Timestamp) -> IssuanceFailure {
        switch self {
        case .unreachable(let reason): IssuanceFailure(.temporary, "The ACME server \(reason).")
        case .malformed(let reason): IssuanceFailure(.temporary, "The ACME server answers unexpectedly: \(reason).")
        case .timedOut(let reason): IssuanceFailure(.temporary, "\(reason).")
        case .unsolvable(let reason): IssuanceFailure(.refused, reason)
        case .cancelled: IssuanceFailure(.temporary, "The attempt was given up.")
        case .problem(let problem):
            IssuanceFailure(
                problem.isTemporary ? .temporary : .refused, "The ACME server says: \(problem.sentence)",
                retryAfter: problem.retryAfter.map { RetryAfter.moment($0, now: now) } ?? nil)
        }
    }
}

/// A problem document (RFC 7807) with ACME's subproblems (RFC 8555 section 6.7).
struct ACMEProblem: Error, Sendable, Hashable {
    var status: UInt = 0
    /// Without its URN prefix, such as `unauthorized`.
    var type: String
    var detail: String
    /// The details of the names that it is about.
    var subproblems: [String] = []
    /// The field Retry-After as it came.
    var retryAfter: String?

    /// It is the server's own trouble, or it only wants to be left alone for a while.
    var isTemporary: Bool { status >= 500 || ["serverInternal", "badNonce"].contains(type) }

    /// Bounded, and in one line: it comes from somebody else.
    var sentence: String {
        let text = ([detail.isEmpty ? type : detail] + subproblems.prefix(4)).joined(separator: "; ")
        let line = String(text.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0 })
        return "\(line.prefix(600)) (\(type.prefix(60)))"
    }
}

/// The field of RFC 9110 section 10.2.3: seconds, or a date.
enum RetryAfter {
    static func moment(_ text: String, now: Timestamp) -> Timestamp? {
        if let seconds = Int64(text), seconds >= 0 {
            return Timestamp(secondsSince1970: now.secondsSince1970 + min(seconds, 366 * 86_400))
        }
        // `Sun, 06 Nov 1994 08:49:37 GMT`
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(rfc3339: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }
}
