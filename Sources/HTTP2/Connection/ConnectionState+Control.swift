/// Frames about the connection as a whole.
extension ConnectionState {
    /// SETTINGS (section 6.5).
    mutating func takeSettings(
        _ header: FrameHeader, _ payload: UnsafeRawPointer, now: UInt64
    ) -> ConnectionEvent? {
        guard header.stream == 0 else { return fail(.protocolError) }
        if header.has(FrameFlag.acknowledgement) {
            return header.length == 0 ? countControl(now: now) : fail(.frameSizeError)
        }
        guard header.length % 6 == 0 else { return fail(.frameSizeError) }
        // Every parameter is looked at, and the frame is answered.
        if let flood = countControl(2 + header.length / 24, now: now) { return flood }
        let windowBefore = peer.initialWindow
        for offset in stride(from: 0, to: header.length, by: 6) {
            let identifier = UInt16(bigEndian: payload.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            let value = UInt32(bigEndian: payload.loadUnaligned(fromByteOffset: offset + 2, as: UInt32.self))
            if let error = peer.apply(identifier, value, role: role) { return fail(error) }
            if identifier == 0x1 { encoder.setTableLimit(Int(value)) }
        }
        phase = .open
        output.append(
            FrameHeader(length: 0, type: FrameType.settings, flags: FrameFlag.acknowledgement, stream: 0))
        guard peer.initialWindow != windowBefore else { return nil }
        // The windows of all streams move by the difference, and may become negative (section 6.9.2).
        for slot in 0..<streams.end {
            guard streams.id(slot) != 0, let state = streams.state(slot) else { continue }
            state.pointee.sendWindow += peer.initialWindow - windowBefore
            guard state.pointee.sendWindow <= 0x7FFF_FFFF else { return fail(.flowControlError) }
        }
        return peer.initialWindow > windowBefore ? .windowOpened : nil
    }

    /// PING (section 6.7).
    mutating func takePing(_ header: FrameHeader, _ payload: UnsafeRawPointer, now: UInt64) -> ConnectionEvent? {
        guard header.stream == 0 else { return fail(.protocolError) }
        guard header.length == 8 else { return fail(.frameSizeError) }
        let data = UInt64(bigEndian: payload.loadUnaligned(as: UInt64.self))
        guard !header.has(FrameFlag.acknowledgement) else {
            if data == Self.drainPing, goAwayStream == 0x7FFF_FFFF { finishGoingAway() }
            return countControl(now: now)
        }
        if let flood = countControl(2, now: now) { return flood }
        output.append(
            FrameHeader(length: 8, type: FrameType.ping, flags: FrameFlag.acknowledgement, stream: 0), payload: data)
        return nil
    }

    /// GOAWAY (section 6.8).
    mutating func takeGoAway(_ header: FrameHeader, _ payload: UnsafeRawPointer, now: UInt64) -> ConnectionEvent? {
        guard header.stream == 0 else { return fail(.protocolError) }
        guard header.length >= 8 else { return fail(.frameSizeError) }
        isPeerGoingAway = true
        if let flood = countControl(now: now) { return flood }
        return .goingAway(
            lastStream: UInt32(bigEndian: payload.loadUnaligned(as: UInt32.self)) & 0x7FFF_FFFF,
            code: UInt32(bigEndian: payload.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
    }

    // MARK: Going away

    /// Tells the peer not to open further streams. Those that are on their way are still served: a PING goes along, and when
    /// it is answered, or with `finishGoingAway`, the last stream is named (section 6.8).
    package mutating func beginGoingAway() {
        guard phase != .failed, goAwayStream == .max else { return }
        goAwayStream = 0x7FFF_FFFF
        writeGoAway(lastStream: 0x7FFF_FFFF, code: .noError)
        output.append(
            FrameHeader(length: 8, type: FrameType.ping, flags: 0, stream: 0), payload: Self.drainPing)
    }

    /// Names the last stream that is served.
    package mutating func finishGoingAway() {
        guard phase != .failed, goAwayStream >= 0x7FFF_FFFF else { return }
        goAwayStream = lastPeerStream
        writeGoAway(lastStream: lastPeerStream, code: .noError)
    }

    /// Ends the connection for a reason of the driver's: writes GOAWAY with `code`. Send the output, then close.
    package mutating func close(_ code: ErrorCode) {
        _ = fail(code)
    }
}
