/// Reads the pieces of a DNS message; every step checks that it stays inside.
struct DNSReader {
    /// The message ends too early, or a name in it is impossible.
    struct Damage: Error {}

    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func uint8() throws(Damage) -> UInt8 {
        guard position < bytes.count else { throw Damage() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func uint16() throws(Damage) -> UInt16 {
        try UInt16(uint8()) << 8 | UInt16(uint8())
    }

    mutating func uint32() throws(Damage) -> UInt32 {
        try UInt32(uint16()) << 16 | UInt32(uint16())
    }

    mutating func uint64() throws(Damage) -> UInt64 {
        try UInt64(uint32()) << 32 | UInt64(uint32())
    }

    /// A name with compression (RFC 1035 section 4.1.4); the position moves behind its first part.
    mutating func name() throws(Damage) -> DNSName {
        var wire: [UInt8] = []
        var segmentStart = position
        var resume: Int?
        while true {
            let length = try uint8()
            switch length {
            case 0:
                wire.append(0)
                if let resume { position = resume }
                return DNSName(labels: wire)
            case 1...UInt8(DNSName.maximumLabelOctets):
                guard bytes.count - position >= Int(length), wire.count + Int(length) + 2 <= DNSName.maximumOctets
                else { throw Damage() }
                wire.append(length)
                wire.append(contentsOf: bytes[position..<position + Int(length)])
                position += Int(length)
            case 0xc0...:
                let target = try Int(length & 0x3f) << 8 | Int(uint8())
                // Pointers go strictly backwards, so this ends.
                guard target < segmentStart else { throw Damage() }
                if resume == nil { resume = position }
                position = target
                segmentStart = target
            default:
                throw Damage()
            }
        }
    }
}
