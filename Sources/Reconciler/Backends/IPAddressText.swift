/// An IP address as text, read without asking the system.
enum IPAddressText: Sendable, Hashable {
    case v4([UInt8])
    case v6([UInt8])

    /// Dotted decimal, or RFC 4291 section 2.2; nil for everything else, zone identifiers included.
    init?(_ text: String) {
        if let bytes = Self.parseV4(text[...]) {
            self = .v4(bytes)
        } else if let bytes = Self.parseV6(text) {
            self = .v6(bytes)
        } else {
            return nil
        }
    }

    /// Whether the address can only mean this machine or its link: loopback, unspecified, link-local (which holds the
    /// metadata services of clouds), also as IPv4-mapped IPv6 address.
    var isLocal: Bool {
        switch self {
        case .v4(let bytes): Self.isLocal(v4: bytes[...])
        case .v6(let bytes):
            if bytes[..<10].allSatisfy({ $0 == 0 }) {
                bytes[10..<12].elementsEqual([0xFF, 0xFF]) ? Self.isLocal(v4: bytes[12...]) : true
            } else {
                bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
            }
        }
    }

    private static func isLocal(v4 bytes: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(bytes)
        return bytes[0] == 127 || bytes[0] == 0 || (bytes[0] == 169 && bytes[1] == 254)
    }

    private static func parseV4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // UInt8.init would take signs.
            guard part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                part.utf8.count == 1 || part.utf8.first != UInt8(ascii: "0"), let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func parseV6(_ text: String) -> [UInt8]? {
        guard let gap = text.firstRange(of: "::") else {
            let bytes = parseGroups(text[...])
            return bytes?.count == 16 ? bytes : nil
        }
        guard let head = parseGroups(text[..<gap.lowerBound]), let tail = parseGroups(text[gap.upperBound...]),
            head.count + tail.count <= 14, !text[..<gap.lowerBound].contains(".")
        else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// Groups of hexadecimal digits between colons; the last may be an IPv4 address.
    private static func parseGroups(_ text: Substring) -> [UInt8]? {
        if text.isEmpty { return [] }
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, group) in groups.enumerated() {
            if index == groups.count - 1, let address = parseV4(group) {
                bytes += address
            } else if (1...4).contains(group.utf8.count), group.utf8.allSatisfy(isHexadecimal),
                let number = UInt16(group, radix: 16)
            {
                bytes += [UInt8(number >> 8), UInt8(number & 0xFF)]
            } else {
                return nil
            }
        }
        return bytes
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
