import Glibc

/// Version 1: a line of text.
extension ProxyHeader {
    /// With CRLF.
    private static let longestLine = 107
    private static let start: StaticString = "PROXY "

    static func parseText(_ bytes: UnsafeRawBufferPointer) -> Parse {
        let window = bytes.prefix(longestLine)
        let start = UnsafeBufferPointer(start: start.utf8Start, count: start.utf8CodeUnitCount)
        guard window.prefix(start.count).elementsEqual(start.prefix(window.count)) else { return .invalid }
        guard let end = window.firstIndex(of: UInt8(ascii: "\r")) else {
            return window.count < longestLine ? .incomplete : .invalid
        }
        guard end + 1 < bytes.count else { return end + 1 < longestLine ? .incomplete : .invalid }
        guard bytes[end + 1] == UInt8(ascii: "\n"), end >= start.count else { return .invalid }
        let words = bytes[start.count..<end].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard let family = words.first else { return .invalid }
        // What follows UNKNOWN is to be ignored.
        if family.elementsEqual("UNKNOWN".utf8) { return .complete(ProxyHeader(addresses: nil), count: end + 2) }
        guard words.count == 5 else { return .invalid }
        let isIPv4 = family.elementsEqual("TCP4".utf8)
        guard isIPv4 || family.elementsEqual("TCP6".utf8),
            let source = address(words[1], port: words[3], isIPv4: isIPv4),
            let destination = address(words[2], port: words[4], isIPv4: isIPv4)
        else { return .invalid }
        return .complete(
            ProxyHeader(addresses: Addresses(source: source, destination: destination)), count: end + 2)
    }

    private typealias Word = Slice<UnsafeRawBufferPointer>

    private static func address(_ text: Word, port: Word, isIPv4: Bool) -> Address? {
        guard let port = self.port(port), (1...45).contains(text.count),
            text.allSatisfy({ $0 != 0 && $0 < 128 })
        else { return nil }
        let text = String(decoding: text, as: UTF8.self)
        if isIPv4 {
            var parsed = in_addr()
            guard inet_pton(AF_INET, text, &parsed) == 1 else { return nil }
            return Address(high: 0, low: 0xffff_0000_0000 | UInt64(UInt32(bigEndian: parsed.s_addr)), port: port)
        }
        var parsed = in6_addr()
        guard inet_pton(AF_INET6, text, &parsed) == 1 else { return nil }
        return withUnsafeBytes(of: parsed) { octets in
            Address(
                high: UInt64(bigEndian: octets.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self)), port: port)
        }
    }

    /// Decimal without leading zeros, 0...65535.
    private static func port(_ text: Word) -> UInt16? {
        guard (1...5).contains(text.count), text.allSatisfy({ (48...57).contains($0) }),
            text.count == 1 || text.first != 48
        else { return nil }
        return UInt16(exactly: text.reduce(0) { $0 * 10 + Int($1 - 48) })
    }

    /// The line for a connection; `PROXY UNKNOWN` without addresses.
    package func text() -> [UInt8] {
        guard let addresses else { return Array("PROXY UNKNOWN\r\n".utf8) }
        let (source, destination) = (addresses.source, addresses.destination)
        let isIPv4 = source.isIPv4 && destination.isIPv4
        let hosts = "\(Self.host(source, isIPv4)) \(Self.host(destination, isIPv4))"
        return Array("PROXY \(isIPv4 ? "TCP4" : "TCP6") \(hosts) \(source.port) \(destination.port)\r\n".utf8)
    }

    private static func host(_ address: Address, _ isIPv4: Bool) -> String {
        if isIPv4 {
            let octets = (0..<4).map { String(address.low >> (24 - 8 * UInt64($0)) & 0xff) }
            return octets.joined(separator: ".")
        }
        // Groups without abbreviation, which every reader takes.
        let groups = [address.high, address.low].flatMap { word in
            (0..<4).map { String(word >> (48 - 16 * UInt64($0)) & 0xffff, radix: 16) }
        }
        return groups.joined(separator: ":")
    }
}
