/// A domain name in wire form (RFC 1035 section 3.1), letters in lower case so that equal names are equal values.
package struct DNSName: Sendable, Hashable {
    /// Length-prefixed labels, ended by a zero octet; at most 255 octets.
    let wire: [UInt8]

    static let maximumOctets = 255
    static let maximumLabelOctets = 63

    /// Takes a full name, with or without the final dot; nil for what is no host name.
    package init?(_ text: String) {
        var wire: [UInt8] = []
        var rest = text.utf8[...]
        if rest.last == UInt8(ascii: ".") { rest = rest.dropLast() }
        for label in rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...Self.maximumLabelOctets).contains(label.count) else { return nil }
            wire.append(UInt8(label.count))
            for byte in label {
                guard let folded = Self.folded(byte) else { return nil }
                wire.append(folded)
            }
        }
        wire.append(0)
        guard wire.count <= Self.maximumOctets else { return nil }
        self.wire = wire
    }

    /// Takes labels as they stand in a message; any octets are allowed there.
    init(labels wire: [UInt8]) {
        self.wire = wire.map { Self.isUpperCase($0) ? $0 + 32 : $0 }
    }

    private static func isUpperCase(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    private static func folded(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
        default: nil
        }
    }
}
