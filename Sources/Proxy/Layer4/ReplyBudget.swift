/// How much a UDP flow may bring to a client that has not asked again.
///
/// Sources of datagrams can be forged: a backend that answers a small question with a flood would be aimed at somebody else.
/// Until a client has sent something after it got a reply, which a forger who sees no replies does only by chance and at
/// the price of another datagram, every datagram of its buys a few replies. From then on it buys so many that
/// one-way media streams with an occasional report back never run dry.
struct ReplyBudget: BitwiseCopyable {
    static let firstReplies = 16
    static let firstBytes = 64 * 1024
    static let laterReplies = 4096

    private(set) var replies = 0
    private(set) var bytes = 0
    private var hasReplied = false
    private var isProven = false

    /// The client sent `count` datagrams.
    mutating func clientSent(_ count: Int) {
        if hasReplied { isProven = true }
        if isProven {
            replies = Self.laterReplies
        } else {
            replies = min(replies + count * Self.firstReplies, Self.laterReplies)
            bytes = min(bytes + count * Self.firstBytes, Self.firstBytes * Self.firstReplies)
        }
    }

    /// Whether a reply of this length may be passed on; it is counted if so.
    mutating func take(_ length: Int) -> Bool {
        guard replies > 0, isProven || bytes >= length else { return false }
        replies -= 1
        if !isProven { bytes -= length }
        hasReplied = true
        return true
    }
}
