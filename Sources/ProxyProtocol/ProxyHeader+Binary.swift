/// Version 2: binary.
extension ProxyHeader {
    private static let signature: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]

    static func parseBinary(_ bytes: UnsafeRawBufferPointer) -> Parse {
        guard bytes.prefix(12).elementsEqual(signature.prefix(bytes.count)) else { return .invalid }
        guard bytes.count >= 13 else { return .incomplete }
        // Version 2; LOCAL or PROXY.
        guard bytes[12] == 0x20 || bytes[12] == 0x21 else { return .invalid }
        guard bytes.count >= 16 else { return .incomplete }
        let length = Int(bytes[14]) << 8 | Int(bytes[15])
        guard 16 + length <= maximumBytes else { return .invalid }
        guard bytes.count >= 16 + length else { return .incomplete }
        let header = UnsafeRawBufferPointer(rebasing: bytes[..<(16 + length)])
        let isLocal = bytes[12] == 0x20
        let addressLength: Int
        var addresses: Addresses?
        switch bytes[13] {
        case 0x11:  // TCP over IPv4
            addressLength = 12
            guard length >= addressLength else { return .invalid }
            addresses = Addresses(
                source: mapped(header, 16, port: 24), destination: mapped(header, 20, port: 26))
        case 0x21:  // TCP over IPv6
            addressLength = 36
            guard length >= addressLength else { return .invalid }
            addresses = Addresses(
                source: Address(high: word(header, 16), low: word(header, 24), port: port(header, 48)),
                destination: Address(high: word(header, 32), low: word(header, 40), port: port(header, 50)))
        case 0x31:  // A Unix stream
            addressLength = 216
            guard length >= addressLength else { return .invalid }
        case 0x00:  // Unspecified
            addressLength = 0
        default:
            // A local connection is taken whatever it says about addresses.
            guard isLocal else { return .invalid }
            return .complete(ProxyHeader(addresses: nil), count: 16 + length)
        }
        guard bytes[13] == 0 || hasValidChecksum(header, extensionsAt: 16 + addressLength) else { return .invalid }
        return .complete(ProxyHeader(addresses: isLocal ? nil : addresses), count: 16 + length)
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    private static func port(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt16 {
        UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    private static func mapped(_ bytes: UnsafeRawBufferPointer, _ offset: Int, port portOffset: Int) -> Address {
        let octets = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        return Address(high: 0, low: 0xffff_0000_0000 | UInt64(octets), port: port(bytes, portOffset))
    }

    /// Whether the extensions (type, length, value) fill the rest of the header, and the CRC-32C among them, if there is
    /// one, is right.
    private static func hasValidChecksum(_ header: UnsafeRawBufferPointer, extensionsAt start: Int) -> Bool {
        var position = start
        while position < header.count {
            guard position + 3 <= header.count else { return false }
            let length = Int(header[position + 1]) << 8 | Int(header[position + 2])
            guard position + 3 + length <= header.count else { return false }
            if header[position] == 0x03 {
                guard length == 4 else { return false }
                let field = position + 3..<position + 7
                let stated = header[field].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                guard checksum(header, without: field) == stated else { return false }
            }
            position += 3 + length
        }
        return true
    }

    /// CRC-32C (RFC 4960 appendix B) with the bytes of `field` taken as 0.
    static func checksum(_ bytes: UnsafeRawBufferPointer, without field: Range<Int>) -> UInt32 {
        var register = UInt32.max
        for (index, byte) in bytes.enumerated() {
            register ^= UInt32(field.contains(index) ? 0 : byte)
            for _ in 0..<8 { register = register & 1 == 0 ? register >> 1 : register >> 1 ^ 0x82f6_3b78 }
        }
        return ~register
    }

    /// The header for a connection; `LOCAL` without addresses.
    package func binary() -> [UInt8] {
        guard let addresses else { return Self.signature + [0x20, 0x00, 0, 0] }
        let (source, destination) = (addresses.source, addresses.destination)
        let isIPv4 = source.isIPv4 && destination.isIPv4
        var bytes = Self.signature + [0x21, isIPv4 ? 0x11 : 0x21, 0, isIPv4 ? 12 : 36]
        for address in [source, destination] {
            if !isIPv4 { withUnsafeBytes(of: address.high.bigEndian) { bytes += $0 } }
            withUnsafeBytes(of: address.low.bigEndian) { bytes += $0.suffix(isIPv4 ? 4 : 8) }
        }
        for address in [source, destination] { withUnsafeBytes(of: address.port.bigEndian) { bytes += $0 } }
        return bytes
    }
}
