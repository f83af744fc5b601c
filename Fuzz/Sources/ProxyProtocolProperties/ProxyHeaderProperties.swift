import ProxyProtocol

/// Properties of any bytes read as the beginning of a connection with a PROXY protocol header.
package func checkProxyHeader(_ bytes: UnsafeRawBufferPointer) throws {
    let whole = parse(Array(bytes))
    var previous = ProxyHeader.Parse.incomplete
    for count in 0...min(bytes.count, 300) {
        let now = parse(Array(bytes.prefix(count)))
        try require(previous == .incomplete || now == previous, "\(previous) became \(now) at byte \(count)")
        previous = now
    }
    try require(previous == .incomplete || whole == previous, "\(previous) became \(whole) at the end")
    if bytes.count >= ProxyHeader.maximumBytes { try require(whole != .incomplete, "waits for ever") }
    guard case .complete(let header, let count) = whole else { return }
    try require((1...min(bytes.count, ProxyHeader.maximumBytes)).contains(count), "a header of \(count) bytes")
    try require(parse(Array(bytes.prefix(count))) == whole, "needs what follows")
    // What it says can be passed on.
    for written in [header.text(), header.binary()] {
        try require(written.count <= ProxyHeader.maximumWrittenBytes, "\(written.count) bytes written")
        try require(parse(written) == .complete(header, count: written.count), "\(header) is not read back")
    }
}

private func parse(_ bytes: [UInt8]) -> ProxyHeader.Parse {
    bytes.withUnsafeBytes { ProxyHeader.parse($0) }
}
