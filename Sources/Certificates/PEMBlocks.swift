/// One block of PEM text.
package struct PEMBlock {
    /// For example `CERTIFICATE`.
    package var label: String
    /// What the base64 text stands for.
    package var bytes: [UInt8]
    /// It has header fields (RFC 1421), which is how encrypted keys of the old form look.
    package var hasHeader: Bool

    package var isPrivateKey: Bool { label.hasSuffix("PRIVATE KEY") }
}

/// PEM text (RFC 7468), read as TLS libraries do: what stands between blocks is skipped.
package enum PEMBlocks {
    /// An error for text with a block that cannot be decoded; no error for text without blocks.
    package static func read(_ pem: [UInt8]) throws(CertificateFacts.Unreadable) -> [PEMBlock] {
        let lines = pem.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map(withoutBlanksAtTheEnd)
        var blocks: [PEMBlock] = []
        var index = 0
        while index < lines.count {
            defer { index += 1 }
            guard let label = label(of: lines[index], after: "-----BEGIN ") else { continue }
            let end = lines[(index + 1)...].firstIndex { self.label(of: $0, after: "-----END ") == label }
            guard let end else {
                throw CertificateFacts.Unreadable(description: "\(name(label)) has no end")
            }
            let body = lines[(index + 1)..<end]
            let header = body.prefix { $0.contains(UInt8(ascii: ":")) }
            guard let bytes = decode(body.dropFirst(header.count).joined()) else {
                throw CertificateFacts.Unreadable(description: "\(name(label)) is not base64 text")
            }
            blocks.append(PEMBlock(label: label, bytes: bytes, hasHeader: !header.isEmpty))
            index = end
        }
        return blocks
    }

    /// Text of unknown origin is not repeated: it may be part of a key.
    private static func name(_ label: String) -> String {
        let isUsual = label.hasSuffix("CERTIFICATE") || label.hasSuffix("KEY")
        let isPlain = label.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == 0x20 }
        return isUsual && isPlain && label.utf8.count <= 24 ? "the block \(label)" : "a block"
    }

    private static func label(of line: ArraySlice<UInt8>, after prefix: StaticString) -> String? {
        let start = prefix.withUTF8Buffer { line.starts(with: $0) ? $0.count : nil }
        guard let start, line.suffix(5).elementsEqual("-----".utf8), line.count > start + 5 else { return nil }
        return String(decoding: line.dropFirst(start).dropLast(5), as: UTF8.self)
    }

    private static func withoutBlanksAtTheEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line[...((line.lastIndex { !isBlank($0) }) ?? line.startIndex - 1)]
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// nil for what is not base64 text or none at all.
    private static func decode(_ base64: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (accumulator, digits, padding) = (UInt32(0), 0, 0)
        for byte in base64 where !isBlank(byte) {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = base64Value(byte) else { return nil }
            accumulator = accumulator << 6 | UInt32(value)
            digits += 1
            if digits % 4 == 0 {
                bytes.append(UInt8(truncatingIfNeeded: accumulator >> 16))
                bytes.append(UInt8(truncatingIfNeeded: accumulator >> 8))
                bytes.append(UInt8(truncatingIfNeeded: accumulator))
            }
        }
        switch (digits % 4, padding) {
        case (0, 0): break
        case (2, 2): bytes.append(UInt8(truncatingIfNeeded: accumulator >> 4))
        case (3, 1): bytes += [10, 2].map { UInt8(truncatingIfNeeded: accumulator >> $0) }
        default: return nil
        }
        return bytes.isEmpty ? nil : bytes
    }

    private static func base64Value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
