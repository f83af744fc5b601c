import KubernetesTypes

/// Consecutive IP addresses, given as CIDR block.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// The first address of the block, as bytes in network order: 4 or 16.
    private let base: [UInt8]
    private let prefixLength: Int

    /// Reads `127.10.0.0/24`, `fd00::/120`, or an address alone; nil for everything else, also when bits behind the
    /// prefix are set.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddressText(String(first)) else { return nil }
        base = address.bytes
        let bits = base.count * 8
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let length = Int(parts[1]), (0...bits).contains(length)
            else { return nil }
            prefixLength = length
        } else {
            prefixLength = bits
        }
        guard (prefixLength..<bits).allSatisfy({ base[$0 / 8] & (0x80 >> UInt8($0 % 8)) == 0 }) else { return nil }
    }

    var isIPv6: Bool { base.count == 16 }

    /// The offsets of the addresses that may be given to a Gateway: neither the network's own address nor, for IPv4,
    /// the one for broadcasts. Of very large blocks only the first 2^32 are used.
    var offsets: Range<UInt64> {
        let bits = base.count * 8 - prefixLength
        let size = bits >= 32 ? UInt64(1) << 32 : UInt64(1) << UInt64(bits)
        if size <= 2 { return 0..<size }
        return isIPv6 ? 1..<size : 1..<(size - 1)
    }

    func address(at offset: UInt64) -> IPAddressText {
        var bytes = base
        var (rest, index) = (offset, bytes.count - 1)
        while rest > 0, index >= 0 {
            let sum = UInt64(bytes[index]) + (rest & 0xFF)
            bytes[index] = UInt8(sum & 0xFF)
            rest = (rest >> 8) + (sum >> 8)
            index -= 1
        }
        return IPAddressText(bytes: bytes)
    }

    func contains(_ address: IPAddressText) -> Bool {
        let bytes = address.bytes
        guard bytes.count == base.count else { return false }
        var offset: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            let (difference, isBelow) = byte.subtractingReportingOverflow(base[index])
            // The bits behind the prefix are zero in `base`, so nothing is ever carried.
            if isBelow || offset > UInt64(1) << 40 { return false }
            offset = offset << 8 | UInt64(difference)
        }
        return offsets.contains(offset)
    }

    package var description: String { "\(IPAddressText(bytes: base).text)/\(prefixLength)" }
}
