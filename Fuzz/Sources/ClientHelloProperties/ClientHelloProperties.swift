import TLS

/// Properties of any bytes read as the beginning of a TLS connection.
package func checkClientHello(_ bytes: UnsafeRawBufferPointer) throws {
    let whole = parse(Array(bytes))
    // What is known stays known, however the bytes arrive.
    var previous = ClientHello.incomplete
    for count in stride(from: 0, through: bytes.count, by: max(1, bytes.count / 64)) {
        let now = parse(Array(bytes.prefix(count)))
        try require(previous == .incomplete || now == previous, "\(previous) became \(now) at byte \(count)")
        previous = now
    }
    try require(previous == .incomplete || whole == previous, "\(previous) became \(whole) at the end")
    guard case .complete(let name) = whole else { return }
    if let name {
        try require((1...254).contains(name.utf8.count), "a name of \(name.utf8.count) bytes")
        try require(name.utf8.allSatisfy(isNameByte), "a name with strange bytes")
    }
    // The same message in other records is the same message.
    for size in [1, 3, 16_384] {
        let other = parse(records(message(Array(bytes)), of: size))
        // One-byte records may make it too long.
        try require(other == whole || (size < 16 && other == .invalid), "\(whole) in records of \(size): \(other)")
    }
}

private func parse(_ bytes: [UInt8]) -> ClientHello {
    bytes.withUnsafeBytes { ClientHello($0) }
}

private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
    default: false
    }
}

/// What the handshake records in front hold, up to the end of the first message.
private func message(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var position = 0
    while position + 5 <= bytes.count, bytes[position] == 22 {
        let end = position + 5 + Int(bytes[position + 3]) << 8 + Int(bytes[position + 4])
        result += bytes[(position + 5)..<min(end, bytes.count)]
        if result.count >= 4 {
            let length = 4 + Int(result[1]) << 16 + Int(result[2]) << 8 + Int(result[3])
            if result.count >= length { return Array(result[..<length]) }
        }
        position = end
    }
    return result
}

private func records(_ message: [UInt8], of size: Int) -> [UInt8] {
    stride(from: 0, to: message.count, by: size).flatMap { start -> [UInt8] in
        let part = message[start..<min(start + size, message.count)]
        return [22, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 255)] + part
    }
}
