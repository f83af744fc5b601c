/// Header blocks (sections 6.2 and 6.10) and the messages that begin or end with them (section 8).
extension ConnectionState {
    mutating func takeHeaders(
        _ header: FrameHeader, _ payload: UnsafeRawPointer, head: UnsafeMutableRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        guard header.stream & 1 == 1 else { return fail(.protocolError) }
        var offset = 0
        var end = header.length
        if header.has(FrameFlag.padded) {
            guard end > 0 else { return fail(.frameSizeError) }
            end -= Int(payload.load(as: UInt8.self))
            offset = 1
        }
        if header.has(FrameFlag.priority) { offset += 5 }
        guard offset <= end else {
            return fail(header.has(FrameFlag.padded) ? .protocolError : .frameSizeError)
        }
        if role == .client, isIdle(header.stream) { return fail(.protocolError) }
        let fragment = UnsafeRawBufferPointer(start: payload + offset, count: end - offset)
        let ends = header.has(FrameFlag.endStream)
        if header.has(FrameFlag.endHeaders) {
            return finishBlock(header.stream, endsStream: ends, fragment, head: head, now: now)
        }
        blockStream = header.stream
        blockEndsStream = ends
        blockFrames = 1
        block.append(fragment)
        return nil
    }

    mutating func takeContinuation(
        _ header: FrameHeader, _ payload: UnsafeRawPointer, head: UnsafeMutableRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        // That it is the right stream has been checked.
        guard blockStream != 0 else { return fail(.protocolError) }
        blockFrames += 1
        guard blockFrames <= LocalSettings.maximumBlockFrames, block.count + header.length <= local.maximumBlockBytes
        else {
            verdict = .controlFlood
            return fail(.enhanceYourCalm)
        }
        block.append(UnsafeRawBufferPointer(start: payload, count: header.length))
        guard header.has(FrameFlag.endHeaders) else { return nil }
        let stream = blockStream
        blockStream = 0
        var whole = FrameBuffer()
        swap(&whole, &block)
        return finishBlock(stream, endsStream: blockEndsStream, whole.bytes, head: head, now: now)
    }

    /// A header block is here as a whole. It is decoded whatever becomes of its message, since the tables depend on it.
    private mutating func finishBlock(
        _ stream: UInt32, endsStream: Bool, _ block: UnsafeRawBufferPointer, head: UnsafeMutableRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        let slot = streams.find(stream)
        if let state = streams.state(slot), state.pointee.phase != .closed {
            if !state.pointee.peerMaySend {
                return ignore(block, head) ?? failStream(slot, .streamClosed, now: now)
            }
            if state.pointee.hasHead {
                return takeTrailers(slot, endsStream: endsStream, block, head: head, now: now)
            }
            return takeResponse(slot, endsStream: endsStream, block, head: head, now: now)
        }
        if role == .server, slot < 0, stream > lastPeerStream {
            return takeRequest(stream, endsStream: endsStream, block, head: head, now: now)
        }
        return takeHeadersOfClosed(stream, block, head: head, now: now)
    }

    private mutating func takeHeadersOfClosed(
        _ stream: UInt32, _ block: UnsafeRawBufferPointer, head: UnsafeMutableRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        if let failure = ignore(block, head) { return failure }
        switch closed.reason(stream) {
        case .resetByUs: break
        case .ended: return fail(.streamClosed)
        case .resetByPeer: writeReset(stream, .streamClosed)
        // A stream that was skipped when a later one was opened (section 5.1.1); of a server, perhaps one given up long
        // ago.
        case nil: if role == .server { return fail(.protocolError) }
        }
        return countControl(4, now: now)
    }

    /// Decodes a block for the sake of the tables.
    private mutating func ignore(
        _ block: UnsafeRawBufferPointer, _ head: UnsafeMutableRawPointer
    ) -> ConnectionEvent? {
        var message = MessageDecoder(.trailers, buffer: head, settings: local)
        return decode(&message, block)
    }

    private mutating func decode(
        _ message: inout MessageDecoder, _ block: UnsafeRawBufferPointer
    ) -> ConnectionEvent? {
        do throws(HPACKError) {
            try message.decode(block, &decoder)
            return nil
        } catch {
            guard case .excessive = error else { return fail(.compressionError) }
            verdict = .controlFlood
            return fail(.enhanceYourCalm)
        }
    }

    // MARK: Requests

    private mutating func takeRequest(
        _ stream: UInt32, endsStream: Bool, _ block: UnsafeRawBufferPointer, head: UnsafeMutableRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        var message = MessageDecoder(.request, buffer: head, settings: local)
        if let failure = decode(&message, block) { return failure }
        // The peer did not know when it sent this that nobody would look at it.
        guard stream <= goAwayStream else { return countControl(4, now: now) }
        lastPeerStream = stream
        guard streams.count < local.maximumConcurrentStreams else {
            refusedStreams += 1
            return refuse(stream, .refusedStream, now: now)
        }
        let outcome = message.finishRequest(endsStream: endsStream)
        if case .malformed = outcome {
            malformedStreams += 1
            return refuse(stream, .protocolError, now: now)
        }
        if case .complete(let text) = outcome, text.connect != .none, !local.enablesConnectProtocol {
            malformedStreams += 1
            return refuse(stream, .protocolError, now: now)
        }
        guardian.usefulFrame(8)
        var state = StreamState(sendWindow: peer.initialWindow, receiveWindow: local.streamWindow)
        state.phase = endsStream ? .halfClosedRemote : .open
        state.hasHead = true
        state.remaining = endsStream ? -1 : message.contentLength
        let slot = streams.insert(stream, state)
        if case .complete(let text) = outcome { return .head(slot: slot, text: text, endsStream: endsStream) }
        return .headTooLarge(slot: slot, endsStream: endsStream)
    }

    private mutating func refuse(_ stream: UInt32, _ code: ErrorCode, now: UInt64) -> ConnectionEvent? {
        writeReset(stream, code)
        closed.note(stream, .resetByUs)
        return countReset(now: now)
    }

    // MARK: Responses

    private mutating func takeResponse(
        _ slot: Int, endsStream: Bool, _ block: UnsafeRawBufferPointer, head: UnsafeMutableRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        var message = MessageDecoder(.response, buffer: head, settings: local)
        if let failure = decode(&message, block) { return failure }
        guard let state = streams.state(slot) else { return nil }
        let (outcome, status) = message.finishResponse(
            endsStream: endsStream, answersHead: state.pointee.hasNoBody)
        if case .malformed = outcome { return failStream(slot, .protocolError, now: now) }
        if status < 200, case .complete(let text) = outcome {
            return countControl(8, now: now) ?? .interim(slot: slot, text: text)
        }
        guardian.usefulFrame(8)
        state.pointee.hasHead = true
        state.pointee.hasNoBody = state.pointee.hasNoBody || status == 204 || status == 304
        state.pointee.remaining = state.pointee.hasNoBody ? -1 : message.contentLength
        if endsStream { endRemote(slot) }
        if case .complete(let text) = outcome { return .head(slot: slot, text: text, endsStream: endsStream) }
        return .headTooLarge(slot: slot, endsStream: endsStream)
    }

    // MARK: Trailers

    private mutating func takeTrailers(
        _ slot: Int, endsStream: Bool, _ block: UnsafeRawBufferPointer, head: UnsafeMutableRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        var message = MessageDecoder(.trailers, buffer: head, settings: local)
        if let failure = decode(&message, block) { return failure }
        guard let state = streams.state(slot), endsStream, state.pointee.remaining <= 0,
            case .complete(let text) = message.finishTrailers()
        else { return failStream(slot, .protocolError, now: now) }
        endRemote(slot)
        return .trailers(slot: slot, text: text)
    }
}
