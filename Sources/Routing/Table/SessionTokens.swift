/// The tokens that a request brought under the name of a session. Plain data, to be kept until the response.
package struct SessionTokens: BitwiseCopyable, Sendable {
    /// The session's own; nil when the request has none.
    package private(set) var own: SessionToken?
    /// Of sessions with the same name and other scopes.
    private var others = InlineArray<7, SessionToken>(repeating: SessionToken(scope: 0, endpoint: 0, issuedAt: 0))
    private var otherCount = 0
    /// Some bits of the hash of the session's scope.
    private let scope: UInt32

    /// How many tokens one cookie or field carries at most.
    static let maximumCount = 8
    static let separator = UInt8(ascii: ".")

    init(scope: UInt32) { self.scope = scope }

    /// Takes every token in `value` that is well-formed; the first of each scope counts.
    mutating func read(_ value: UnsafeRawBufferPointer) {
        var rest = value[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: Self.separator) ?? rest.endIndex
            if let token = SessionToken(text: UnsafeRawBufferPointer(rebasing: rest[..<end])) { insert(token) }
            rest = rest[min(end + 1, rest.endIndex)...]
        }
    }

    private mutating func insert(_ token: SessionToken) {
        if token.scope == scope {
            if own == nil { own = token }
            return
        }
        guard otherCount < Self.maximumCount - 1 else { return }
        for index in 0..<otherCount where others[index].scope == token.scope { return }
        others[otherCount] = token
        otherCount += 1
    }

    /// Writes `first` and the tokens of other sessions and returns the length, at most `maximumTextLength`.
    func write(first: SessionToken, to text: UnsafeMutableRawPointer) -> Int {
        first.write(to: text)
        var length = SessionToken.textLength
        for index in 0..<otherCount {
            text.storeBytes(of: Self.separator, toByteOffset: length, as: UInt8.self)
            others[index].write(to: text + length + 1)
            length += 1 + SessionToken.textLength
        }
        return length
    }

    static let maximumTextLength = maximumCount * (SessionToken.textLength + 1)
}
