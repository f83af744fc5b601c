package import HTTPSemantics

/// The four forms of a request target (RFC 9112 section 3.2).
package enum TargetForm: UInt8, Sendable, BitwiseCopyable {
    /// `/path?query`
    case origin
    /// `http://authority/path?query`
    case absolute
    /// `host:port`, only with CONNECT
    case authority
    /// `*`, only with OPTIONS
    case asterisk
}

/// A parsed request head. All offsets count from the start of the buffer that was parsed.
package struct RequestHead: Sendable, BitwiseCopyable, Equatable {
    package var method: RequestMethod = .other
    package var targetForm: TargetForm = .origin
    /// The minor version to act upon: 0 or 1. A version HTTP/1.2 or later counts as 1 (RFC 9110 section 2.5).
    package var minorVersion: UInt8 = 1
    /// Whether the target has a `?`; the query after it may be empty.
    package var hasQuery = false
    /// Whether the client lets the connection be used again: HTTP/1.1 without `Connection: close`, or HTTP/1.0 with
    /// `Connection: keep-alive` (RFC 9112 section 9.3).
    package var persistent = true
    /// The client offers to switch protocols: HTTP/1.1, an `Upgrade` field and `Connection: upgrade`.
    package var hasUpgrade = false
    /// The client waits for 100 (Continue): HTTP/1.1 and `Expect: 100-continue`.
    package var expectContinue = false
    /// The client accepts trailer fields: `TE: trailers`.
    package var acceptsTrailers = false

    package var methodOffset: UInt32 = 0
    package var methodLength: UInt32 = 0
    package var pathOffset: UInt32 = 0
    /// Zero in authority form, and in absolute form without a path, where `/` is meant (`*` for OPTIONS; RFC 9112
    /// section 3.2.4). In asterisk form the path is the `*`.
    package var pathLength: UInt32 = 0
    package var queryOffset: UInt32 = 0
    /// Length of the query without its `?`.
    package var queryLength: UInt32 = 0
    package var authorityOffset: UInt32 = 0
    /// The authority in effect, `host[:port]`: that of an absolute-form or authority-form target, else the Host
    /// value. Zero when there is none: HTTP/1.0 without Host, or an empty Host. The host part is at most 255 bytes
    /// and consists of letters, digits, `-`, `.`, `_`, `~`, or is an IPv6 address in brackets.
    package var authorityLength: UInt32 = 0
    /// Bytes of the head, including empty lines before it and the empty line that ends it.
    package var headLength: UInt32 = 0
    /// How many lines of the field storage belong to this head.
    package var fieldCount: UInt32 = 0
    package var knownFields = KnownFieldSet()
    /// Bit `min(n, 63)` is set when a field name of `n` bytes is present.
    package var fieldLengthMask: UInt64 = 0
    package var framing: BodyFraming = .none

    package init() {}
}

/// What `parseRequestHead` found.
package enum RequestHeadParse: Sendable, BitwiseCopyable, Equatable {
    /// More bytes are needed; call again with the same start and the same resume hint.
    case incomplete
    case complete(RequestHead)
    /// The client speaks HTTP/2 with prior knowledge: the 24 bytes of its connection preface
    /// (RFC 9113 section 3.4) stand at the start of the buffer.
    case http2Preface
    /// Answer with `HeadError.status` and close.
    case invalid(HeadError)
}
