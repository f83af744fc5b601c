/// The settings of the other side (RFC 9113 section 6.5.2, RFC 8441 section 3), with their defaults.
package struct PeerSettings: Sendable, BitwiseCopyable {
    package var headerTableSize = 4096
    /// Streams that this side may have open at once. Unlimited by default; `Int.max` stands for that.
    package var maximumConcurrentStreams = Int.max
    package var initialWindow = 65_535
    /// Largest payload that the peer takes, 16,384...16,777,215.
    package var maximumFrameSize = FrameHeader.defaultMaximumPayload
    /// Advisory; `Int.max` when not given.
    package var maximumHeaderListSize = Int.max
    /// The peer, a server, takes extended CONNECT.
    package var enablesConnectProtocol = false

    /// Takes over one parameter.
    mutating func apply(_ identifier: UInt16, _ value: UInt32, role: Role) -> ErrorCode? {
        switch identifier {
        case 0x1: headerTableSize = Int(value)
        case 0x2:
            // Only clients may switch push on, and this side's client never does.
            let isAllowed = role == .server ? value <= 1 : value == 0
            guard isAllowed else { return .protocolError }
        case 0x3: maximumConcurrentStreams = Int(value)
        case 0x4:
            guard value <= 0x7FFF_FFFF else { return .flowControlError }
            initialWindow = Int(value)
        case 0x5:
            guard value >= 16_384, value <= 0xFF_FFFF else { return .protocolError }
            maximumFrameSize = Int(value)
        case 0x6: maximumHeaderListSize = Int(value)
        case 0x8:
            // Not to be taken back (RFC 8441 section 3).
            guard value <= 1, value == 1 || !enablesConnectProtocol else { return .protocolError }
            enablesConnectProtocol = value == 1
        default: break
        }
        return nil
    }
}
