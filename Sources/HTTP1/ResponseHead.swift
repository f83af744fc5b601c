/// A parsed response head. All offsets count from the start of the buffer that was parsed.
package struct ResponseHead: Sendable, BitwiseCopyable, Equatable {
    /// The status code, 100 to 999 (RFC 9110 section 15 treats 600 and above like 5xx).
    package var status: UInt16 = 0
    /// The minor version to act upon: 0 or 1.
    package var minorVersion: UInt8 = 1
    /// Whether the connection may carry another request after this response. Always false with
    /// `BodyFraming.untilClose`.
    package var persistent = true
    /// The response has an `Upgrade` field and `Connection: upgrade`.
    package var hasUpgrade = false

    package var reasonOffset: UInt32 = 0
    /// Length of the reason phrase; zero when it is absent.
    package var reasonLength: UInt32 = 0
    /// Bytes of the head, including the empty line that ends it.
    package var headLength: UInt32 = 0
    /// How many lines of the field storage belong to this head.
    package var fieldCount: UInt32 = 0
    package var knownFields = KnownFieldSet()
    /// Bit `min(n, 63)` is set when a field name of `n` bytes is present.
    package var fieldLengthMask: UInt64 = 0
    package var framing: BodyFraming = .none

    package init() {}

    /// An interim response (RFC 9110 section 15.2): another head follows. 101 is final.
    @inlinable
    package var isInterim: Bool {
        status < 200 && status != 101
    }
}

/// What `parseResponseHead` found.
package enum ResponseHeadParse: Sendable, BitwiseCopyable, Equatable {
    /// More bytes are needed; call again with the same start and the same resume hint.
    case incomplete
    case complete(ResponseHead)
    /// The response is refused: the client gets a 502, and the connection is closed.
    case invalid(HeadError)
}
