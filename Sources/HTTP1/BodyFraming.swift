/// How the end of a message body is found (RFC 9112 section 6.3).
package enum BodyFraming: Sendable, BitwiseCopyable, Equatable {
    /// The message ends with its head.
    case none
    /// This many bytes follow the head; at most `Int64.max`, may be zero.
    case contentLength(UInt64)
    /// The body is chunked; see `ChunkedDecoder`.
    case chunked
    /// Everything up to the end of the connection. Responses only.
    case untilClose

    /// False when no body byte can follow the head.
    @inlinable
    package var hasBody: Bool {
        switch self {
        case .none: false
        case .contentLength(let length): length > 0
        case .chunked, .untilClose: true
        }
    }
}
