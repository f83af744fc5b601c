extension ConnectionState {
    // MARK: Heads

    /// Opens a stream (client) with a request given as HTTP/1.1 text: request line in origin form, Host, fields, empty line.
    /// Fields that concern an HTTP/1.1 connection are left out.
    ///
    /// - Parameters:
    ///   - isTLS: whether :scheme is https.
    ///   - acceptsTrailers: whether to add `te: trailers`.
    /// - Returns: the slot; -1 when no stream may be opened, or the text has no request line.
    package mutating func openStream(
        _ text: UnsafeRawBufferPointer, isTLS: Bool, acceptsTrailers: Bool, endsStream: Bool
    ) -> Int {
        guard mayOpenStream else { return -1 }
        let stream = nextStream
        guard
            writeBlock(
                stream, endsStream: endsStream, text,
                { HeadEncoder.encodeRequest($0, isTLS: isTLS, acceptsTrailers: acceptsTrailers, &$1, at: $2) })
        else { return -1 }
        nextStream += 2
        var state = StreamState(sendWindow: peer.initialWindow, receiveWindow: local.streamWindow)
        state.phase = endsStream ? .halfClosedLocal : .open
        state.hasNoBody = HeadEncoder.isHeadRequest(text)
        return streams.insert(stream, state)
    }

    /// Sends a response head (server) given as HTTP/1.1 text, interim or final.
    package mutating func sendResponseHead(_ slot: Int, _ text: UnsafeRawBufferPointer, endsStream: Bool) {
        guard maySend(slot) else { return }
        guard writeBlock(streams.id(slot), endsStream: endsStream, text, HeadEncoder.encodeResponse) else { return }
        if endsStream { endLocal(slot) }
    }

    /// Sends trailer fields, given as lines with an empty one behind them. They end the stream.
    package mutating func sendTrailers(_ slot: Int, _ text: UnsafeRawBufferPointer) {
        guard maySend(slot) else { return }
        guard writeBlock(streams.id(slot), endsStream: true, text, HeadEncoder.encodeTrailers) else { return }
        endLocal(slot)
    }

    private func maySend(_ slot: Int) -> Bool {
        guard phase != .failed, let state = streams.state(slot) else { return false }
        return state.pointee.mayWeSend
    }

    /// Writes HEADERS, and CONTINUATION when the block is larger than a frame may be.
    private mutating func writeBlock(
        _ stream: UInt32, endsStream: Bool, _ text: UnsafeRawBufferPointer,
        _ encode: (UnsafeRawBufferPointer, inout HeaderEncoder, UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
    ) -> Bool {
        let frame = output.reserve(FrameHeader.byteCount + HeadEncoder.maximumCount(text.count))
        let start = frame + FrameHeader.byteCount
        guard let end = encode(text, &encoder, start) else { return false }
        let count = end - start
        let ending = endsStream ? FrameFlag.endStream : 0
        let most = peer.maximumFrameSize
        output.commit(FrameHeader.byteCount + count)
        guard count > most else {
            FrameHeader(length: count, type: FrameType.headers, flags: ending | FrameFlag.endHeaders, stream: stream)
                .write(to: frame)
            return true
        }
        FrameHeader(length: most, type: FrameType.headers, flags: ending, stream: stream).write(to: frame)
        var rest = count - most
        withUnsafeTemporaryAllocation(byteCount: FrameHeader.byteCount, alignment: 8) { header in
            guard let base = header.baseAddress else { return }
            while rest > 0 {
                let length = min(rest, most)
                let flags = length == rest ? FrameFlag.endHeaders : 0
                FrameHeader(length: length, type: FrameType.continuation, flags: flags, stream: stream).write(to: base)
                output.insert(UnsafeRawBufferPointer(header), beforeLast: rest)
                rest -= length
            }
        }
        return true
    }

    // MARK: Body

    /// Body bytes that may be sent on this stream now.
    @inline(__always)
    package func sendCapacity(_ slot: Int) -> Int {
        guard phase != .failed, let state = streams.state(slot), state.pointee.mayWeSend else { return 0 }
        return max(0, min(sendWindow, state.pointee.sendWindow))
    }

    /// Sends as many body bytes as the windows allow and returns how many.
    ///
    /// - Parameter endsStream: these are the last; takes effect when all of them are taken. There may be none.
    package mutating func sendData(_ slot: Int, _ bytes: UnsafeRawBufferPointer, endsStream: Bool) -> Int {
        var sent = 0
        repeat {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            let target = output.reserve(FrameHeader.byteCount + min(rest.count, peer.maximumFrameSize))
            let count = beginData(slot, count: rest.count, endsStream: endsStream, header: target)
            guard count >= 0 else { return sent }
            if let base = rest.baseAddress, count > 0 {
                (target + FrameHeader.byteCount).copyMemory(from: base, byteCount: count)
            }
            output.commit(FrameHeader.byteCount + count)
            sent += count
        } while sent < bytes.count
        return sent
    }

    /// Writes the header of the next DATA frame to `header`, for a driver that sends the bytes from where they are. Nothing
    /// else may be sent in between.
    ///
    /// - Parameter count: how many bytes wait.
    /// - Returns: how many of them the frame carries; -1 when it cannot be sent now.
    package mutating func beginData(
        _ slot: Int, count: Int, endsStream: Bool, header: UnsafeMutableRawPointer
    ) -> Int {
        guard phase != .failed, let state = streams.state(slot), state.pointee.mayWeSend else { return -1 }
        let taken = min(count, peer.maximumFrameSize, sendWindow, state.pointee.sendWindow)
        guard taken > 0 || count == 0 && endsStream else { return -1 }
        let amount = max(0, taken)
        let ends = endsStream && amount == count
        sendWindow &-= amount
        state.pointee.sendWindow &-= amount
        FrameHeader(
            length: amount, type: FrameType.data, flags: ends ? FrameFlag.endStream : 0, stream: streams.id(slot)
        ).write(to: header)
        // WINDOW_UPDATEs answer it: two for every kilobyte or so from those who read in small steps.
        guardian.usefulFrame(4 + amount / 512)
        if ends { endLocal(slot) }
        return amount
    }

    /// This side has said all on this stream.
    private mutating func endLocal(_ slot: Int) {
        guard let state = streams.state(slot) else { return }
        switch state.pointee.phase {
        case .open: state.pointee.phase = .halfClosedLocal
        case .halfClosedRemote:
            state.pointee.phase = .closed
            closed.note(streams.id(slot), .ended)
            guardian.completed()
        case .halfClosedLocal, .closed: break
        }
    }

    // MARK: What the peer may send

    /// `count` body bytes of a `data` event have been taken: the peer may send as many again.
    package mutating func credit(_ slot: Int, _ count: Int) {
        guard streams.id(slot) != 0, let state = streams.state(slot) else { return }
        let amount = min(count, state.pointee.outstanding)
        state.pointee.outstanding -= amount
        credit(connection: amount)
        guard phase != .failed, state.pointee.peerMaySend else { return }
        state.pointee.untold += amount
        guard state.pointee.untold >= local.streamWindow / 4 else { return }
        tellWindow(stream: streams.id(slot), state.pointee.untold)
        state.pointee.receiveWindow += state.pointee.untold
        state.pointee.untold = 0
    }

    mutating func credit(connection amount: Int) {
        untold += amount
        guard phase != .failed, untold >= local.connectionWindow / 4 else { return }
        tellWindow(stream: 0, untold)
        receiveWindow += untold
        untold = 0
    }

    // MARK: The end of a stream

    /// The driver is through with the stream: resets it with `code` if it is not closed, and makes its slot free.
    ///
    /// - Returns: whether it had to be reset.
    @discardableResult
    package mutating func release(_ slot: Int, _ code: ErrorCode = .cancel) -> Bool {
        guard let state = streams.state(slot), streams.id(slot) != 0 else { return false }
        let isOpen = state.pointee.phase != .closed
        if isOpen { resetPhase(slot, code) }
        credit(connection: state.pointee.outstanding)
        streams.remove(slot)
        return isOpen
    }
}
