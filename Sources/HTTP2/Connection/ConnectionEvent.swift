/// What `ConnectionState.receive` found. Slots name streams (see `ConnectionState.streamID`); a stream that an event names
/// is the driver's until it calls `release`, also when the event says that it is over.
package enum ConnectionEvent: Sendable, BitwiseCopyable, Equatable {
    /// Every complete frame has been dealt with. The bytes behind `consumed` must stand in front of what is received next.
    case needMore
    /// A request head (server) or the head of a final response (client): HTTP/1.1 text in the head buffer.
    case head(slot: Int, text: HeadText, endsStream: Bool)
    /// The head of an interim response (client): HTTP/1.1 text in the head buffer.
    case interim(slot: Int, text: HeadText)
    /// A head is larger than `LocalSettings.headBytes`. Nothing of it is given out; the stream is as if it had been.
    case headTooLarge(slot: Int, endsStream: Bool)
    /// Body bytes at `offset` of what was received; `credit` them once they are taken. With `endsStream` there may be none.
    case data(slot: Int, offset: Int, count: Int, endsStream: Bool)
    /// Trailer fields, lines with an empty one behind them in the head buffer. They end the stream.
    case trailers(slot: Int, text: HeadText)
    /// The peer has reset the stream, with this error code (RFC 9113 section 7, or one of its own).
    case reset(slot: Int, code: UInt32)
    /// The peer broke a rule that concerns the stream only. It has been reset.
    case streamFailed(slot: Int, code: ErrorCode)
    /// The send window of the stream grew.
    case streamWindowOpened(slot: Int)
    /// The send window of the connection grew, or those of all streams.
    case windowOpened
    /// The peer goes away: it has not looked, and will not look, at streams of this side above `lastStream`.
    case goingAway(lastStream: UInt32, code: UInt32)
    /// The peer broke a rule that concerns the connection, or made too much work. GOAWAY has been written: send the
    /// output, then close. Nothing more can be done with the connection.
    case connectionFailed(ErrorCode)
}

/// Where the text of a head stands in the head buffer.
package struct HeadText: Sendable, BitwiseCopyable, Equatable {
    package var offset: Int
    package var count: Int
    /// What an extended CONNECT (RFC 8441) asks for. The text shows it as the HTTP/1.1 upgrade that it stands for; a
    /// response of 101 is sent as the 200 that answers it.
    package var connect = ConnectProtocol.none

    package init(offset: Int, count: Int, connect: ConnectProtocol = .none) {
        self.offset = offset
        self.count = count
        self.connect = connect
    }
}

/// The protocol that an extended CONNECT names.
package enum ConnectProtocol: UInt8, Sendable, BitwiseCopyable {
    /// The request is an ordinary one.
    case none
    case webSocket
    case other
}
