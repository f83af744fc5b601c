/// An HTTP/2 connection (RFC 9113), either end of it, without its socket.
///
/// The driver gives `receive` the bytes that arrive and gets one event after the other; it calls the methods that send, and
/// sends what gathers in `output`. Heads come and go as HTTP/1.1 text. What this decides on its own: SETTINGS, PING,
/// WINDOW_UPDATE and the errors of both scopes; what a peer may do on which stream; how much of anything is enough.
///
/// Memory: nothing but the state itself while nothing is open, and the tables of header compression (at most 4096 bytes each
/// way, as much as was put there).
package struct ConnectionState: ~Copyable {
    enum Phase: UInt8 {
        /// A server waits for the client's connection preface.
        case preface
        /// The first frame must be SETTINGS.
        case settings
        case open
        case failed
    }

    package let role: Role
    let local: LocalSettings
    package internal(set) var peer = PeerSettings()
    /// Frames to send.
    package var output = FrameBuffer()
    var phase: Phase
    var decoder: HeaderDecoder
    var encoder: HeaderEncoder
    var streams = StreamTable()
    var closed = ClosedStreams()
    var guardian: FloodGuard

    /// Pieces of a header block that is spread over frames.
    var block = FrameBuffer()
    /// The stream whose header block goes on; 0 for none.
    var blockStream: UInt32 = 0
    var blockEndsStream = false
    var blockFrames = 0

    /// The highest stream that the peer has opened, and that this side has looked at.
    package internal(set) var lastPeerStream: UInt32 = 0
    /// The stream that this side, a client, opens next.
    var nextStream: UInt32 = 1
    /// Body bytes that this side may send on all streams together.
    var sendWindow = 65_535
    /// Body bytes that the peer may send.
    var receiveWindow = 65_535
    var untold = 0

    /// Streams above this one are no longer taken: what the last GOAWAY said.
    var goAwayStream: UInt32 = .max
    /// The peer takes no more streams.
    package internal(set) var isPeerGoingAway = false
    /// Why the connection failed on this side, for counting.
    package internal(set) var verdict = FloodVerdict.fine
    /// Streams refused because there were too many.
    package internal(set) var refusedStreams: UInt64 = 0
    /// Streams that failed before the driver saw them: malformed requests.
    package internal(set) var malformedStreams: UInt64 = 0
    /// Payload of the PING that follows the first GOAWAY.
    static let drainPing: UInt64 = 0x7765_6972_2067_6f21

    /// - Parameter now: nanoseconds of the clock that `receive` gets as well.
    package init(role: Role, settings: LocalSettings, now: UInt64) {
        self.role = role
        local = settings
        phase = role == .server ? .preface : .settings
        decoder = HeaderDecoder()
        encoder = HeaderEncoder()
        guardian = FloodGuard(now: now)
    }

    /// Writes this side's preface: the first thing to send (RFC 9113 section 3.4).
    package mutating func start() {
        if role == .client { output.append(ConnectionPreface.bytes) }
        var parameters: [(UInt16, UInt32)] = [
            (0x4, UInt32(local.streamWindow)), (0x6, UInt32(local.headBytes)),
        ]
        if role == .client {
            parameters.append((0x2, 0))
        } else {
            parameters.append((0x3, UInt32(local.maximumConcurrentStreams)))
            if local.enablesConnectProtocol { parameters.append((0x8, 1)) }
        }
        let count = parameters.count * 6
        let target = output.reserve(FrameHeader.byteCount + count)
        FrameHeader(length: count, type: FrameType.settings, flags: 0, stream: 0).write(to: target)
        for (index, (identifier, value)) in parameters.enumerated() {
            let offset = FrameHeader.byteCount + index * 6
            target.storeBytes(of: identifier.bigEndian, toByteOffset: offset, as: UInt16.self)
            target.storeBytes(of: value.bigEndian, toByteOffset: offset + 2, as: UInt32.self)
        }
        output.commit(FrameHeader.byteCount + count)
        let more = local.connectionWindow - receiveWindow
        if more > 0 { tellWindow(stream: 0, more) }
        receiveWindow = local.connectionWindow
    }

    // MARK: Looking

    /// The identifier of the stream in `slot`; 0 for none.
    package func streamID(_ slot: Int) -> UInt32 { streams.id(slot) }

    /// Streams that are open or not released yet.
    package var streamCount: Int { streams.count }

    /// One more than the highest slot in use.
    package var slotEnd: Int { streams.end }

    /// Whether this side, a client, may open another stream now.
    package var mayOpenStream: Bool {
        phase != .failed && !isPeerGoingAway && goAwayStream == .max && nextStream < 0x7FFF_FFF0
            && streams.count < peer.maximumConcurrentStreams
    }

    /// Whether the first SETTINGS of the peer have arrived.
    package var hasPeerSettings: Bool { phase == .open }

    /// Whether part of a header block has arrived.
    package var isInsideHeaderBlock: Bool { blockStream != 0 }

    /// Whether this side has sent GOAWAY.
    package var isGoingAway: Bool { goAwayStream != .max }

    /// Whether a GOAWAY has named the last stream that is served.
    package var hasNamedLastStream: Bool { goAwayStream < 0x7FFF_FFFF }

    // MARK: Errors

    /// Ends the connection: what follows is not looked at.
    mutating func fail(_ code: ErrorCode) -> ConnectionEvent {
        if phase != .failed {
            phase = .failed
            writeGoAway(lastStream: lastPeerStream, code: code)
            block.release()
        }
        return .connectionFailed(code)
    }

    /// Ends a stream that broke a rule.
    mutating func failStream(_ slot: Int, _ code: ErrorCode, now: UInt64) -> ConnectionEvent {
        resetPhase(slot, code)
        // A peer can have this side reset as easily as do it itself.
        if let flood = countReset(now: now) { return flood }
        return .streamFailed(slot: slot, code: code)
    }

    mutating func countReset(now: UInt64) -> ConnectionEvent? {
        accuse(guardian.reset(now: now))
    }

    @inline(__always)
    mutating func countControl(_ cost: Int = 1, now: UInt64) -> ConnectionEvent? {
        accuse(guardian.controlFrame(cost, now: now))
    }

    @inline(__always)
    private mutating func accuse(_ found: FloodVerdict) -> ConnectionEvent? {
        switch found {
        case .fine: return nil
        default:
            verdict = found
            return fail(.enhanceYourCalm)
        }
    }

    mutating func writeReset(_ stream: UInt32, _ code: ErrorCode) {
        guard phase != .failed else { return }
        output.append(
            FrameHeader(length: 4, type: FrameType.resetStream, flags: 0, stream: stream),
            payload: UInt64(code.rawValue))
    }

    /// Closes the stream in `slot` with RST_STREAM.
    mutating func resetPhase(_ slot: Int, _ code: ErrorCode) {
        guard let state = streams.state(slot), state.pointee.phase != .closed else { return }
        state.pointee.phase = .closed
        writeReset(streams.id(slot), code)
        closed.note(streams.id(slot), .resetByUs)
    }

    mutating func writeGoAway(lastStream: UInt32, code: ErrorCode) {
        output.append(
            FrameHeader(length: 8, type: FrameType.goAway, flags: 0, stream: 0),
            payload: UInt64(lastStream) << 32 | UInt64(code.rawValue))
    }

    mutating func tellWindow(stream: UInt32, _ increment: Int) {
        output.append(
            FrameHeader(length: 4, type: FrameType.windowUpdate, flags: 0, stream: stream), payload: UInt64(increment))
    }
}

/// The first bytes of a client (RFC 9113 section 3.4).
package enum ConnectionPreface {
    package static var bytes: UnsafeRawBufferPointer {
        let text: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        return UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
