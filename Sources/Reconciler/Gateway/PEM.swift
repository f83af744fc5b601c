/// A first look at PEM text (RFC 7468): enough to tell certificates and keys from anything else, before TLS loads them.
enum PEM {
    enum Label: Sendable {
        case certificate
        /// PKCS#8, PKCS#1 or SEC 1.
        case privateKey

        fileprivate var names: [String] {
            switch self {
            case .certificate: ["CERTIFICATE"]
            case .privateKey: ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"]
            }
        }

        var article: String {
            switch self {
            case .certificate: "a certificate"
            case .privateKey: "a private key"
            }
        }

        var help: String { "It must contain a block that begins with -----BEGIN \(names[0])-----." }
    }

    /// Whether there is a block of this label, and all blocks of this label hold a DER sequence.
    static func holds(_ label: Label, _ bytes: [UInt8]) -> Bool {
        let lines = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map { trimmed($0) }
        var found = false
        var index = 0
        while index < lines.count {
            defer { index += 1 }
            guard let name = label.names.first(where: { lines[index].elementsEqual("-----BEGIN \($0)-----".utf8) })
            else { continue }
            let end = lines[index...].firstIndex { $0.elementsEqual("-----END \(name)-----".utf8) }
            guard let end, isSequence(lines[(index + 1)..<end].joined()) else { return false }
            found = true
            index = end
        }
        return found
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let end = line.lastIndex { !isBlank($0) } ?? line.startIndex - 1
        return line[...end].drop(while: isBlank)
    }

    /// Whether base64 text decodes to one DER value of type SEQUENCE that is as long as it says.
    private static func isSequence(_ base64: some Sequence<UInt8>) -> Bool {
        guard let bytes = decode(base64), bytes.count >= 2, bytes[0] == 0x30 else { return false }
        if bytes[1] < 0x80 { return bytes.count == 2 + Int(bytes[1]) }
        let lengthBytes = Int(bytes[1] & 0x7F)
        guard (1...4).contains(lengthBytes), bytes.count > 2 + lengthBytes else { return false }
        let length = bytes[2..<(2 + lengthBytes)].reduce(0) { $0 << 8 | Int($1) }
        return bytes.count == 2 + lengthBytes + length
    }

    private static func decode(_ base64: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (accumulator, bits, padding) = (UInt32(0), 0, 0)
        for byte in base64 {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = base64Value(byte) else { return nil }
            accumulator = (accumulator & 0xFFFF) << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: accumulator >> UInt32(bits)))
            }
        }
        return padding <= 2 ? bytes : nil
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
