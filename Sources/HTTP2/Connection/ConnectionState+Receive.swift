import Glibc

extension ConnectionState {
    /// Works off received bytes up to the next event.
    ///
    /// - Parameters:
    ///   - bytes: what has been received and not consumed.
    ///   - consumed: how much of it is dealt with; 0 at first, moved on by every call. What an event refers to stands in
    ///     front of it and stays valid until the next call.
    ///   - head: where heads are written, `LocalSettings.headBufferBytes` long.
    ///   - now: nanoseconds of any monotonic clock, always the same.
    package mutating func receive(
        _ bytes: UnsafeMutableRawBufferPointer, consumed: inout Int, head: UnsafeMutableRawPointer, now: UInt64
    ) -> ConnectionEvent {
        guard let base = bytes.baseAddress else { return .needMore }
        if phase == .preface {
            let preface = ConnectionPreface.bytes
            let count = min(bytes.count - consumed, preface.count)
            if let expected = preface.baseAddress, memcmp(base + consumed, expected, count) != 0 {
                return fail(.protocolError)
            }
            guard count == preface.count else { return .needMore }
            consumed += count
            phase = .settings
        }
        while bytes.count &- consumed >= FrameHeader.byteCount {
            guard phase != .failed else { break }
            let header = FrameHeader(at: base + consumed)
            if header.length > FrameHeader.defaultMaximumPayload { return fail(.frameSizeError) }
            let start = consumed &+ FrameHeader.byteCount
            guard bytes.count &- start >= header.length else {
                // What is known to be wrong need not be waited for.
                return checkOrder(header) ?? .needMore
            }
            consumed = start &+ header.length
            if let wrong = checkOrder(header) { return wrong }
            if let event = take(header, base, start, head: head, now: now) { return event }
        }
        if phase == .failed {
            consumed = bytes.count
        }
        return .needMore
    }

    /// Rules about which frame may come at all.
    @inline(__always)
    private mutating func checkOrder(_ header: FrameHeader) -> ConnectionEvent? {
        if phase == .settings {
            guard header.type == FrameType.settings, !header.has(FrameFlag.acknowledgement) else {
                return fail(.protocolError)
            }
        }
        if blockStream != 0 {
            guard header.type == FrameType.continuation, header.stream == blockStream else {
                return fail(.protocolError)
            }
        }
        return nil
    }

    @inline(__always)
    private mutating func take(
        _ header: FrameHeader, _ base: UnsafeMutableRawPointer, _ start: Int, head: UnsafeMutableRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        switch header.type {
        case FrameType.data: takeData(header, base, start, now: now)
        case FrameType.headers: takeHeaders(header, base + start, head: head, now: now)
        case FrameType.continuation: takeContinuation(header, base + start, head: head, now: now)
        case FrameType.windowUpdate: takeWindowUpdate(header, base + start, now: now)
        default: takeControl(header, base + start, now: now)
        }
    }

    @inline(never)
    private mutating func takeControl(
        _ header: FrameHeader, _ payload: UnsafeRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        switch header.type {
        case FrameType.settings: takeSettings(header, payload, now: now)
        case FrameType.ping: takePing(header, payload, now: now)
        case FrameType.resetStream: takeReset(header, payload, now: now)
        case FrameType.goAway: takeGoAway(header, payload, now: now)
        case FrameType.priority: takePriority(header, now: now)
        // Nobody here allows it (section 8.4), and clients must not send it at all.
        case FrameType.pushPromise: fail(.protocolError)
        default: countControl(now: now)
        }
    }

    /// Whether `stream` never was used so far: most frames on such a stream end the connection (section 5.1).
    func isIdle(_ stream: UInt32) -> Bool {
        let isClients = stream & 1 == 1
        switch role {
        case .server: return !isClients || stream > lastPeerStream
        case .client: return !isClients || stream >= nextStream
        }
    }

    // MARK: DATA (section 6.1)

    private mutating func takeData(
        _ header: FrameHeader, _ base: UnsafeMutableRawPointer, _ start: Int, now: UInt64
    ) -> ConnectionEvent? {
        guard header.stream != 0 else { return fail(.protocolError) }
        var offset = start
        var count = header.length
        if header.has(FrameFlag.padded) {
            guard count > 0 else { return fail(.frameSizeError) }
            let padding = Int(base.load(fromByteOffset: start, as: UInt8.self))
            guard padding < count else { return fail(.protocolError) }
            offset += 1
            count -= padding + 1
        }
        guard header.length <= receiveWindow else { return fail(.flowControlError) }
        receiveWindow &-= header.length
        let slot = streams.find(header.stream)
        guard let state = streams.state(slot), state.pointee.phase != .closed else {
            return takeDataOfClosed(header, now: now)
        }
        let ends = header.has(FrameFlag.endStream)
        if count > 0 {
            guardian.usefulFrame(2 + count / 1024)
        } else if !ends, let flood = countControl(now: now) {
            return flood
        }
        guard state.pointee.peerMaySend else {
            credit(connection: header.length)
            return failStream(slot, .streamClosed, now: now)
        }
        guard state.pointee.hasHead else {
            // Only a client can see a message that begins with its body.
            credit(connection: header.length)
            return failStream(slot, .protocolError, now: now)
        }
        guard header.length <= state.pointee.receiveWindow else {
            credit(connection: header.length)
            return failStream(slot, .flowControlError, now: now)
        }
        state.pointee.receiveWindow &-= header.length
        if state.pointee.remaining >= 0 {
            state.pointee.remaining &-= Int64(count)
            guard state.pointee.remaining >= 0, !ends || state.pointee.remaining == 0 else {
                credit(connection: header.length)
                return failStream(slot, .protocolError, now: now)
            }
        } else if state.pointee.hasNoBody, count > 0 {
            credit(connection: header.length)
            return failStream(slot, .protocolError, now: now)
        }
        state.pointee.outstanding &+= header.length
        if header.length > count { credit(slot, header.length - count) }
        if ends { endRemote(slot) }
        guard count > 0 || ends else { return nil }
        return .data(slot: slot, offset: offset, count: count, endsStream: ends)
    }

    private mutating func takeDataOfClosed(_ header: FrameHeader, now: UInt64) -> ConnectionEvent? {
        // Not begun by anybody, or begun after this side said that it goes away.
        if isIdle(header.stream) {
            guard role == .server, header.stream & 1 == 1, header.stream > goAwayStream else {
                return fail(.protocolError)
            }
        } else {
            switch closed.reason(header.stream) {
            case .ended: return fail(.streamClosed)
            case .resetByUs:
                // What was on its way when the stream was reset, a whole window of small frames perhaps, is nobody's fault.
                if header.length > 0 {
                    credit(connection: header.length)
                    return nil
                }
            // A backend's stream that is long forgotten: it was reset together with many others.
            case nil where role == .client && header.length > 0:
                credit(connection: header.length)
                return nil
            case .resetByPeer, nil: writeReset(header.stream, .streamClosed)
            }
        }
        credit(connection: header.length)
        return countControl(now: now)
    }

    /// The peer has said all on this stream.
    mutating func endRemote(_ slot: Int) {
        guard let state = streams.state(slot) else { return }
        switch state.pointee.phase {
        case .open: state.pointee.phase = .halfClosedRemote
        case .halfClosedLocal:
            state.pointee.phase = .closed
            closed.note(streams.id(slot), .ended)
            guardian.completed()
        case .halfClosedRemote, .closed: break
        }
    }

    // MARK: Other frames on streams

    private mutating func takePriority(_ header: FrameHeader, now: UInt64) -> ConnectionEvent? {
        guard header.stream != 0 else { return fail(.protocolError) }
        guard header.length == 5 else {
            let slot = streams.find(header.stream)
            guard let state = streams.state(slot), state.pointee.phase != .closed else { return fail(.frameSizeError) }
            return failStream(slot, .frameSizeError, now: now)
        }
        return countControl(now: now)
    }

    private mutating func takeReset(
        _ header: FrameHeader, _ payload: UnsafeRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        guard header.stream != 0 else { return fail(.protocolError) }
        guard header.length == 4 else { return fail(.frameSizeError) }
        let slot = streams.find(header.stream)
        guard let state = streams.state(slot), state.pointee.phase != .closed else {
            if isIdle(header.stream), header.stream <= goAwayStream { return fail(.protocolError) }
            return countControl(now: now)
        }
        state.pointee.phase = .closed
        closed.note(header.stream, .resetByPeer)
        if let flood = countReset(now: now) { return flood }
        return .reset(slot: slot, code: UInt32(bigEndian: payload.loadUnaligned(as: UInt32.self)))
    }

    private mutating func takeWindowUpdate(
        _ header: FrameHeader, _ payload: UnsafeRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        guard header.length == 4 else { return fail(.frameSizeError) }
        let increment = Int(UInt32(bigEndian: payload.loadUnaligned(as: UInt32.self)) & 0x7FFF_FFFF)
        if let flood = countControl(now: now) { return flood }
        if header.stream == 0 {
            guard increment > 0 else { return fail(.protocolError) }
            guard sendWindow + increment <= 0x7FFF_FFFF else { return fail(.flowControlError) }
            sendWindow += increment
            return .windowOpened
        }
        let slot = streams.find(header.stream)
        guard let state = streams.state(slot), state.pointee.phase != .closed else {
            if isIdle(header.stream), header.stream <= goAwayStream { return fail(.protocolError) }
            return nil
        }
        guard increment > 0 else { return failStream(slot, .protocolError, now: now) }
        guard state.pointee.sendWindow + increment <= 0x7FFF_FFFF else {
            return failStream(slot, .flowControlError, now: now)
        }
        state.pointee.sendWindow += increment
        return .streamWindowOpened(slot: slot)
    }
}
