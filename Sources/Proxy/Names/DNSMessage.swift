/// One question: the address records of a name.
package struct DNSQuestion: Sendable, Hashable {
    package var name: DNSName
    package var type: RecordType

    /// RFC 1035 section 3.2.2, RFC 3596 section 2.1.
    package enum RecordType: UInt16, Sendable {
        case a = 1
        case aaaa = 28
    }

    package init(name: DNSName, type: RecordType) {
        self.name = name
        self.type = type
    }

    /// The query message (RFC 1035 section 4.1) that asks this of a recursive server.
    package func query(id: UInt16) -> [UInt8] {
        let recursionDesired: UInt16 = 0x0100
        var bytes: [UInt8] = []
        // Header: id, flags, one question, no other records. Then the question: name, type, class IN.
        for field in [id, recursionDesired, 1, 0, 0, 0] { bytes.append(field) }
        bytes.append(contentsOf: name.wire)
        for field in [type.rawValue, DNSResponse.classIN] { bytes.append(field) }
        return bytes
    }
}

/// What a response message says about a question.
package enum DNSResponse: Sendable, Hashable {
    /// At least one address. `seconds` is the least TTL of the CNAME and address records used.
    case addresses([ResolvedAddress], seconds: UInt32)
    /// The name exists; there are no records of the type.
    case noData
    /// RCODE 3.
    case noSuchName
    /// Any other RCODE but 0.
    case failure(code: UInt8)
    /// The TC flag is set: the question is to be asked again over TCP. The addresses that did fit may be empty.
    case truncated([ResolvedAddress], seconds: UInt32)
    /// Not the response to this question: another id, another question, or a query.
    case unrelated
    /// The response to this question, but damaged.
    case malformed

    static let classIN: UInt16 = 1
    private static let typeCNAME: UInt16 = 5
    /// More steps than any sane chain of aliases has; a loop ends here.
    private static let maximumAliases = 16
    /// A message has at most 64 KiB; these many records are more than a server would send on purpose.
    private static let maximumRecords = 4096

    /// Reads a message as it came from the network. Never traps, whatever the bytes are.
    package static func parse(_ bytes: [UInt8], id: UInt16, question: DNSQuestion) -> DNSResponse {
        var reader = DNSReader(bytes: bytes)
        guard let header = try? DNSHeader(&reader), header.id == id, header.isResponse else { return .unrelated }
        do {
            // Servers that cannot parse the query may leave the question out of their error.
            if header.questions == 0, header.code != 0 { return .outcome(ofCode: header.code) }
            guard header.questions == 1 else { return .malformed }
            let echoed = try (name: reader.name(), type: reader.uint16(), class: reader.uint16())
            guard echoed == (question.name, question.type.rawValue, classIN) else { return .unrelated }
        } catch {
            return .malformed
        }
        if header.code != 0 { return .outcome(ofCode: header.code) }
        var answers = Answers()
        do {
            for _ in 0..<min(Int(header.answers), maximumRecords) { try answers.readRecord(&reader, of: question.type) }
        } catch {
            // A truncated message ends wherever the space ended; what came before is still good.
            if !header.isTruncated { return .malformed }
        }
        let (addresses, seconds) = answers.follow(question.name)
        if header.isTruncated { return .truncated(addresses, seconds: seconds) }
        return addresses.isEmpty ? .noData : .addresses(addresses, seconds: seconds)
    }

    private static func outcome(ofCode code: UInt8) -> DNSResponse {
        code == 3 ? .noSuchName : .failure(code: code)
    }

    /// The records of the answer section that matter, whatever order they came in.
    private struct Answers {
        private var aliases: [DNSName: (target: DNSName, seconds: UInt32)] = [:]
        private var addresses: [DNSName: [(address: ResolvedAddress, seconds: UInt32)]] = [:]

        mutating func readRecord(_ reader: inout DNSReader, of type: DNSQuestion.RecordType) throws(DNSReader.Damage) {
            let owner = try reader.name()
            let recordType = try reader.uint16()
            let recordClass = try reader.uint16()
            // RFC 2181 section 8: a TTL with the top bit set is 0.
            let ttl = try reader.uint32()
            let seconds = ttl > UInt32(Int32.max) ? 0 : ttl
            let length = try Int(reader.uint16())
            let end = reader.position + length
            guard end <= reader.bytes.count else { throw .init() }
            if recordClass == classIN {
                switch recordType {
                case DNSQuestion.RecordType.a.rawValue where type == .a:
                    guard length == 4 else { throw .init() }
                    try addresses[owner, default: []].append((.v4(reader.uint32()), seconds))
                case DNSQuestion.RecordType.aaaa.rawValue where type == .aaaa:
                    guard length == 16 else { throw .init() }
                    let address = try ResolvedAddress.v6(high: reader.uint64(), low: reader.uint64())
                    addresses[owner, default: []].append((address, seconds))
                case typeCNAME:
                    let target = try reader.name()
                    guard reader.position == end else { throw .init() }
                    aliases[owner] = (target, seconds)
                default: break
                }
            }
            reader.position = end
        }

        /// Goes from alias to alias to the addresses.
        func follow(_ name: DNSName) -> (addresses: [ResolvedAddress], seconds: UInt32) {
            var name = name
            var seconds = UInt32.max
            for _ in 0...maximumAliases {
                if let found = addresses[name] {
                    return (found.map(\.address), found.map(\.seconds).reduce(seconds, min))
                }
                guard let alias = aliases[name] else { break }
                seconds = min(seconds, alias.seconds)
                name = alias.target
            }
            return ([], 0)
        }
    }
}

/// RFC 1035 section 4.1.1.
private struct DNSHeader {
    var id: UInt16
    var isResponse: Bool
    var isTruncated: Bool
    var code: UInt8
    var questions: UInt16
    var answers: UInt16

    init(_ reader: inout DNSReader) throws(DNSReader.Damage) {
        id = try reader.uint16()
        let flags = try reader.uint16()
        let operation = flags >> 11 & 0xf
        isResponse = flags & 0x8000 != 0 && operation == 0
        isTruncated = flags & 0x0200 != 0
        code = UInt8(flags & 0xf)
        questions = try reader.uint16()
        answers = try reader.uint16()
        _ = try reader.uint32()  // the counts of the two sections that nobody reads
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ number: UInt16) {
        append(UInt8(number >> 8))
        append(UInt8(number & 0xff))
    }
}
