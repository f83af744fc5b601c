/// What this side of a connection tells the other about itself, and what it enforces.
package struct LocalSettings: Sendable, BitwiseCopyable {
    /// Streams that the peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS); further ones are refused. Servers.
    package var maximumConcurrentStreams = 128
    /// Body bytes that a peer may send on one stream before they are taken (SETTINGS_INITIAL_WINDOW_SIZE): 65,535 or
    /// more.
    package var streamWindow = 256 * 1024
    /// The same for all streams of the connection together: 65,535 or more.
    package var connectionWindow = 1024 * 1024
    /// Longest head, in bytes of its HTTP/1.1 text (SETTINGS_MAX_HEADER_LIST_SIZE, nearly). A longer one is refused alone
    /// as long as its header block has no more than twice as many compressed bytes.
    package var headBytes = 64 * 1024
    /// Most fields of a head, all cookies counted as one. With more a head is too large.
    package var headFields = 128
    /// A server takes extended CONNECT (SETTINGS_ENABLE_CONNECT_PROTOCOL, RFC 8441).
    package var enablesConnectProtocol = false

    package init() {}

    /// Frames that one header block may be spread over.
    static var maximumBlockFrames: Int { 64 }

    /// Compressed bytes of a header block.
    var maximumBlockBytes: Int { headBytes * 2 }

    /// Bytes that the buffer for heads must have; see `ConnectionState.receive`.
    package var headBufferBytes: Int {
        MessageDecoder.headroom + headBytes
            + HeaderDecoder.slack(blockBytes: max(maximumBlockBytes, FrameHeader.defaultMaximumPayload))
            + MessageDecoder.tailroom
    }
}

/// Which end of a connection this is.
package enum Role: Sendable, BitwiseCopyable {
    case server, client
}
