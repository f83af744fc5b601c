import HTTP2

/// Both ends of a connection get the input from a peer that may do anything, in pieces and at once, with a driver that
/// answers, takes its time, and resets. Whatever comes: events are in order, what is written are whole frames, heads are
/// heads that HTTP/1.1 reads the same way, and both ways of cutting the input lead to the same.
package func checkHTTP2Connection(_ input: UnsafeRawBufferPointer) throws {
    guard let choice = input.first else { return }
    let bytes = Array(input.dropFirst())
    let role: Role = choice & 1 == 0 ? .server : .client
    let whole = try run(bytes, role: role, pieceSize: .max, behaviour: choice >> 1)
    let cut = try run(bytes, role: role, pieceSize: 1 + Int(choice >> 4) * 3, behaviour: choice >> 1)
    try require(whole == cut, "cut into pieces:\n\(cut)\ninstead of\n\(whole)")
}

/// What happened on a connection.
private struct Record: Equatable, CustomStringConvertible {
    var events: [String] = []
    var output: [UInt8] = []
    var description: String { "\(events) \(output)" }
}

private func run(_ input: [UInt8], role: Role, pieceSize: Int, behaviour: UInt8) throws -> Record {
    var settings = LocalSettings()
    settings.headBytes = 2048
    settings.enablesConnectProtocol = behaviour & 1 == 0
    var state = ConnectionState(role: role, settings: settings, now: 0)
    let head = UnsafeMutableRawPointer.allocate(byteCount: settings.headBufferBytes, alignment: 1)
    defer { head.deallocate() }
    state.start()
    var record = Record()
    if role == .client {
        for _ in 0..<3 {
            _ = withBytes("POST / HTTP/1.1\r\nHost: a\r\n\r\n") {
                state.openStream($0, isTLS: false, acceptsTrailers: true, endsStream: behaviour & 2 == 0)
            }
        }
    }
    var pending = role == .server ? Array(ConnectionPreface.bytes) : []
    pending += [0, 0, 0, 4, 0, 0, 0, 0, 0]
    var rest = input[...]
    var isOver = false
    repeat {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pending.count, alignment: 1)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: pending)
        var consumed = 0
        while !isOver {
            let before = consumed
            let event = state.receive(buffer, consumed: &consumed, head: head, now: 0)
            try require(consumed >= before && consumed <= buffer.count, "consumed went from \(before) to \(consumed)")
            if case .needMore = event { break }
            if case .data(let slot, let offset, let count, let ends) = event {
                // Where it stands depends on the cut, what it is does not.
                try require(offset >= 0 && count >= 0 && offset + count <= buffer.count, "data from elsewhere")
                record.events.append("data \(slot) \(Array(buffer[offset..<offset + count])) \(ends)")
            } else {
                record.events.append("\(event)")
            }
            if case .connectionFailed = event { isOver = true }
            try answer(event, &state, head: head, settings: settings, behaviour: behaviour)
        }
        pending.removeFirst(isOver ? pending.count : consumed)
        record.output += Array(state.output.bytes)
        state.output.release()
        if rest.isEmpty { break }
        pending += rest.prefix(pieceSize)
        rest = rest.dropFirst(pieceSize)
    } while !isOver
    try checkFrames(record.output, role: role)
    return record
}

private func answer(
    _ event: ConnectionEvent, _ state: inout ConnectionState, head: UnsafeRawPointer, settings: LocalSettings,
    behaviour: UInt8
) throws {
    switch event {
    case .head(let slot, let text, _):
        try checkHead(UnsafeRawBufferPointer(start: head + text.offset, count: text.count))
        guard state.role == .server else { return }
        let ends = behaviour & 4 == 0
        withBytes("HTTP/1.1 200 OK\r\nA: b\r\n\r\n") { state.sendResponseHead(slot, $0, endsStream: ends) }
        if !ends { _ = withBytes("body") { state.sendData(slot, $0, endsStream: behaviour & 8 == 0) } }
        if behaviour & 2 == 0 { state.release(slot, .noError) }
    case .headTooLarge(let slot, _), .reset(let slot, _), .streamFailed(let slot, _): state.release(slot)
    case .data(let slot, _, let count, _):
        try require(state.streamID(slot) != 0, "data of no stream")
        if behaviour & 1 == 0 { state.credit(slot, count) }
    case .trailers(_, let text), .interim(_, let text):
        try checkHead(UnsafeRawBufferPointer(start: head + text.offset, count: text.count))
    case .streamWindowOpened(let slot):
        _ = withBytes("more") { state.sendData(slot, $0, endsStream: false) }
    case .needMore, .windowOpened, .goingAway, .connectionFailed: break
    }
    try require(state.streamCount <= settings.maximumConcurrentStreams, "too many streams")
}

private func withBytes<Result>(_ text: StaticString, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
}

/// Lines end with CRLF, the last one is the only empty one, and no other control byte but HTAB stands anywhere.
private func checkHead(_ text: UnsafeRawBufferPointer) throws {
    var lineStart = 0
    var index = 0
    while index < text.count {
        let byte = text[index]
        if byte == 0x0D {
            try require(index + 1 < text.count && text[index + 1] == 0x0A, "a bare CR in a head")
            try require(index > lineStart || index + 2 == text.count, "an empty line inside a head")
            index += 2
            lineStart = index
            continue
        }
        try require(byte >= 0x20 && byte != 0x7F || byte == 0x09, "a control byte in a head")
        index += 1
    }
    try require(text.count >= 2 && lineStart == text.count, "a head without its empty line")
}

/// The output consists of whole frames.
private func checkFrames(_ output: [UInt8], role: Role) throws {
    var rest = output[...]
    if role == .client { rest = rest.dropFirst(ConnectionPreface.bytes.count) }
    while !rest.isEmpty {
        let head = Array(rest.prefix(9))
        try require(head.count == 9, "half a frame header")
        let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        try require(length <= 16_384 && rest.count >= 9 + length, "half a frame")
        try require(head[5] & 0x80 == 0, "the reserved bit is set")
        rest = rest.dropFirst(9 + length)
    }
}
