import HTTP1
import HTTPSemantics

/// Properties of `PathNormalization` and `HostNormalization` for any bytes.
package func checkNormalization(_ bytes: UnsafeRawBufferPointer) throws {
    try checkPath(Array(bytes))
    try checkHost(Array(bytes))
}

private func normalizePath(_ path: [UInt8]) -> [UInt8]? {
    withExactCopy(path) { copy in
        PathNormalization.normalize(copy).map { Array(copy[..<$0]) }
    }
}

private func checkPath(_ path: [UInt8]) throws {
    let normal = normalizePath(path)
    try require(normal == referencePath(path), "\(path) became \(normal ?? [])")
    let needed = withExactCopy(path) { PathNormalization.needsNormalization(UnsafeRawBufferPointer($0)) }
    guard let normal else { return }
    if !needed { try require(normal == path, "changed without need") }
    try require(normalizePath(normal) == normal, "not stable: \(normal)")
}

/// The decision that `PathNormalization` documents, in the plainest code: split, decode, remove.
private func referencePath(_ path: [UInt8]) -> [UInt8]? {
    guard path.first == UInt8(ascii: "/") else { return path == [UInt8(ascii: "*")] ? path : nil }
    var decoded: [UInt8] = []
    var rest = path[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            decoded.append(byte)
            continue
        }
        let digits = Array(rest.prefix(2))
        guard digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit && $0 < 128 }),
            let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value != 0
        else { return nil }
        rest = rest.dropFirst(2)
        let character = Character(UnicodeScalar(value))
        let isUnreserved = value < 128 && (character.isLetter || character.isNumber || "-._~".contains(character))
        decoded += isUnreserved ? [value] : [byte] + digits
    }
    var elements: [ArraySlice<UInt8>] = []
    let parts = decoded.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true)
    for part in parts {
        switch String(decoding: part, as: UTF8.self) {
        case ".": continue
        case "..": _ = elements.popLast()
        default: elements.append(part)
        }
    }
    // A path that ends in a slash or a dot element names a directory.
    let isDirectory =
        decoded.last == UInt8(ascii: "/")
        || parts.last.map { [".", ".."].contains(String(decoding: $0, as: UTF8.self)) } == true
    var normal = elements.flatMap { [UInt8(ascii: "/")] + $0 }
    if isDirectory || normal.isEmpty { normal.append(UInt8(ascii: "/")) }
    return normal
}

private func normalizeHost(_ authority: [UInt8]) -> ([UInt8], UInt16)? {
    var buffer = [UInt8](repeating: 0, count: 64)
    let result = buffer.withUnsafeMutableBytes { buffer in
        withExactCopy(authority) { HostNormalization.normalize(UnsafeRawBufferPointer($0), into: buffer) }
    }
    return result.map { (Array(buffer.prefix($0.hostLength)), $0.port) }
}

private func checkHost(_ authority: [UInt8]) throws {
    guard let (host, _) = normalizeHost(authority) else { return }
    if !host.isEmpty { try require(normalizeHost(host)?.0 == host, "not stable: \(host)") }
    try require(host.allSatisfy { !(65...90).contains($0) }, "an upper-case letter is left in \(host)")
    // What routing can use, the parser of heads must let through.
    let fields = FieldStorage()
    let text = Array("GET / HTTP/1.1\r\nHost: ".utf8) + authority + Array("\r\n\r\n".utf8)
    var scanned = 0
    let head = withExactCopy(text) {
        parseRequestHead(UnsafeRawBufferPointer($0), scannedUpTo: &scanned, fields: fields, limits: HeadLimits())
    }
    guard case .complete(let parsed) = head, Int(parsed.authorityLength) == authority.count else {
        throw PropertyViolation("\(authority) is a host but not a Host: \(head)")
    }
}
