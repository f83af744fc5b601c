import HTTPSemantics
import Routing

/// Properties of session tokens for any Cookie field and any field of the session's own name.
package func checkSession(_ bytes: UnsafeRawBufferPointer) throws {
    let cookie = SessionConfiguration.Carrier.cookie(path: "/", isPermanent: false)
    for carrier in [cookie, .header] {
        let isCookie = carrier == cookie
        let session = SessionConfiguration(name: "sid", carrier: carrier, scope: "ns/r/0")
        let backend = BackendID(service: ObjectName(namespace: "ns", name: "b"), port: 80)
        let rule = RuleConfiguration(
            index: 0, matches: [RequestMatch()],
            action: .forward([WeightedBackend(destination: .backend(backend), session: session)]))
        try withRule(rule, backends: [backend]) { rule in
            guard let session = rule.pointee.extras?.pointee.sessions.first else { throw PropertyViolation("none") }
            try check(session, isCookie: isCookie, Array(bytes))
        }
    }
}

private func check(_ session: CompiledSession, isCookie: Bool, _ field: [UInt8]) throws {
    let name = isCookie ? "cookie" : "sid"
    let tokens = try withRequest(.get, fields: [(name, field[...])]) { session.tokens(of: $0) }
    let reference = ownEndpoint(isCookie ? cookieValues(field) : [field[...]], session)
    try require(tokens.own?.endpoint == reference, "\(field): \(String(describing: tokens.own))")

    // A new session keeps what other rules have there, and is found again.
    let new = session.newToken(endpoint: 0x0123_4567_89AB_CDEF, now: 0x89AB_CDEF)
    var written: [UInt8] = []
    session.withFieldValue(token: new, keeping: tokens, isTLS: true) { written = Array($0) }
    try require(written.count <= 8 * 23 + 60, "\(written.count) bytes")
    try require(written.allSatisfy { 0x20..<0x7F ~= $0 }, "\(written)")
    let repeated = isCookie ? written.prefix { $0 != UInt8(ascii: ";") } : written[...]
    let again = try withRequest(.get, fields: [(name, repeated)]) { session.tokens(of: $0) }
    try require(again.own == new, "\(repeated) is read as \(String(describing: again.own))")
    var rewritten: [UInt8] = []
    session.withFieldValue(token: new, keeping: again, isTLS: true) { rewritten = Array($0) }
    try require(rewritten == written, "\(written) is not stable")
}

/// The values of the cookie `sid`, in the plainest code.
private func cookieValues(_ field: [UInt8]) -> [ArraySlice<UInt8>] {
    field.split(separator: UInt8(ascii: ";")).compactMap { pair in
        let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, trimmed(parts[0]).elementsEqual("sid".utf8) else { return nil }
        let value = trimmed(parts[1])
        let isQuoted = value.count > 1 && value.first == UInt8(ascii: "\"") && value.last == UInt8(ascii: "\"")
        return isQuoted ? value.dropFirst().dropLast() : value
    }
}

private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
    return bytes
}

/// The endpoint in the first token of this session.
private func ownEndpoint(_ values: [ArraySlice<UInt8>], _ session: CompiledSession) -> UInt64? {
    var scope: ArraySlice<UInt8> = []
    let any = session.newToken(endpoint: 0, now: 0)
    withText(any, session) { scope = decode($0)?.prefix(4) ?? [] }
    for value in values {
        for part in value.split(separator: UInt8(ascii: ".")) {
            guard let token = decode(part), token.prefix(4) == scope else { continue }
            return token.dropFirst(4).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
    return nil
}

private func withText(_ token: SessionToken, _ session: CompiledSession, _ body: (ArraySlice<UInt8>) -> Void) {
    guard let nothing = try? withRequest(.get, fields: [], { session.tokens(of: $0) }) else { return }
    session.withFieldValue(token: token, keeping: nothing, isTLS: false) { value in
        let bytes = Array(value)
        let start = bytes.firstIndex(of: UInt8(ascii: "=")).map { $0 + 1 } ?? 0
        body(bytes[start...].prefix { $0 != UInt8(ascii: ";") })
    }
}

/// The 16 bytes of a token, bit by bit.
private func decode(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard text.count == 22 else { return nil }
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var bits: [Int] = []
    for digit in text {
        guard let value = alphabet.firstIndex(of: digit) else { return nil }
        bits += (0..<6).map { value >> (5 - $0) & 1 }
    }
    guard bits.suffix(4) == [0, 0, 0, 0] else { return nil }
    return stride(from: 0, to: 128, by: 8).map { start in
        UInt8(bits[start..<start + 8].reduce(0) { $0 << 1 | $1 })
    }[...]
}
