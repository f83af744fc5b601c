/// The first message of a TLS client (RFC 8446 section 4.1.2), read for the server name only, before it is known who will
/// answer it.
///
/// A pure function of the bytes that have arrived so far. They begin with the client's first record; the message may be
/// split over many.
package enum ClientHello: Sendable, Equatable {
    /// The bytes are the beginning of a ClientHello; more are needed.
    case incomplete
    /// Whatever follows, these bytes do not begin a ClientHello, or one that is longer than `maximumMessageBytes`.
    case invalid
    /// - serverName: in lower case, without a trailing dot (RFC 6066 section 3); nil when the client sent none.
    case complete(serverName: String?)

    /// The longest message that is read. Those of today's clients have some 2,000 bytes.
    package static let maximumMessageBytes = 32 * 1024
    /// The most bytes that are worth collecting: the message in records that are not smaller than need be.
    package static let maximumBytes = 40 * 1024

    package init(_ bytes: UnsafeRawBufferPointer) {
        var reader = HandshakeReader(bytes)
        do throws(HandshakeReader.Stop) {
            self = .complete(serverName: try Self.serverName(&reader))
        } catch {
            switch error {
            case .needsMore: self = bytes.count < Self.maximumBytes ? .incomplete : .invalid
            case .invalid: self = .invalid
            }
        }
    }

    private static func serverName(_ reader: inout HandshakeReader) throws(HandshakeReader.Stop) -> String? {
        guard try reader.byte() == 1 else { throw .invalid }
        let length = try reader.number(bytes: 3)
        guard length <= maximumMessageBytes else { throw .invalid }
        reader.limit(to: length)
        guard try reader.byte() == 3 else { throw .invalid }
        try reader.skip(1 + 32)
        let sessionIDLength = try reader.number(bytes: 1)
        guard sessionIDLength <= 32 else { throw .invalid }
        try reader.skip(sessionIDLength)
        let suitesLength = try reader.number(bytes: 2)
        guard suitesLength >= 2, suitesLength % 2 == 0 else { throw .invalid }
        try reader.skip(suitesLength)
        let methodsLength = try reader.number(bytes: 1)
        guard methodsLength >= 1 else { throw .invalid }
        try reader.skip(methodsLength)
        guard reader.remaining > 0 else { return nil }
        guard try reader.number(bytes: 2) == reader.remaining else { throw .invalid }
        var name: String?
        while reader.remaining > 0 {
            let type = try reader.number(bytes: 2)
            let length = try reader.number(bytes: 2)
            guard length <= reader.remaining else { throw .invalid }
            if type == 0 {
                guard name == nil else { throw .invalid }
                name = try hostName(&reader, length: length)
            } else {
                try reader.skip(length)
            }
        }
        return name
    }

    /// The contents of the extension server_name: a list that may hold one host name.
    private static func hostName(_ reader: inout HandshakeReader, length: Int) throws(HandshakeReader.Stop) -> String {
        guard length > 5, try reader.number(bytes: 2) == length - 2, try reader.byte() == 0 else { throw .invalid }
        let count = try reader.number(bytes: 2)
        // Clients never send more than one name, and a list with others behind it is refused by TLS libraries, too.
        guard count == length - 5, count <= 254 else { throw .invalid }
        var name: [UInt8] = []
        name.reserveCapacity(count)
        for _ in 0..<count {
            var byte = try reader.byte()
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte |= 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                break
            default: throw .invalid
            }
            name.append(byte)
        }
        if name.last == UInt8(ascii: ".") { name.removeLast() }
        guard !name.isEmpty else { throw .invalid }
        return String(decoding: name, as: UTF8.self)
    }
}

/// Reads the bytes of the first handshake message out of the records it is split over.
private struct HandshakeReader {
    enum Stop: Error {
        case needsMore, invalid
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// What the record at hand still holds.
    private var restOfRecord = 0
    /// What the message still holds.
    private(set) var remaining = Int.max

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// From here on there are `count` bytes.
    mutating func limit(to count: Int) { remaining = count }

    mutating func byte() throws(Stop) -> UInt8 {
        guard remaining > 0 else { throw .invalid }
        if restOfRecord == 0 { try beginRecord() }
        guard position < bytes.count else { throw .needsMore }
        defer {
            position += 1
            restOfRecord -= 1
            remaining -= 1
        }
        return bytes[position]
    }

    mutating func number(bytes count: Int) throws(Stop) -> Int {
        var number = 0
        for _ in 0..<count { number = number << 8 | Int(try byte()) }
        return number
    }

    mutating func skip(_ count: Int) throws(Stop) {
        guard count <= remaining else { throw .invalid }
        var rest = count
        while rest > 0 {
            if restOfRecord == 0 { try beginRecord() }
            let step = min(rest, restOfRecord, bytes.count - position)
            guard step > 0 else { throw .needsMore }
            position += step
            restOfRecord -= step
            remaining -= step
            rest -= step
        }
    }

    /// A record header: handshake, any 3.x version, 1 to 2^14 bytes (RFC 8446 section 5.1). Judged byte by byte, so that
    /// what is no TLS is known at once.
    private mutating func beginRecord() throws(Stop) {
        var header = (UInt8(0), UInt8(0), UInt8(0), UInt8(0), UInt8(0))
        let available = min(5, bytes.count - position)
        withUnsafeMutableBytes(of: &header) { header in
            header.copyBytes(from: bytes[position..<position + available])
        }
        if available > 0, header.0 != 22 { throw .invalid }
        if available > 1, header.1 != 3 { throw .invalid }
        guard available == 5 else { throw .needsMore }
        restOfRecord = Int(header.3) << 8 | Int(header.4)
        guard (1...1 << 14).contains(restOfRecord) else { throw .invalid }
        position += 5
    }
}
