/// Writes DNS messages for tests, also impossible ones; names are written without compression unless asked for.
struct DNSMessageBuilder {
    var bytes: [UInt8] = []

    /// A response to `query` with the query's id and question.
    static func response(
        to query: [UInt8], flags: UInt16 = 0x8180, answers: [Record] = [], count: UInt16? = nil
    ) -> [UInt8] {
        var message = DNSMessageBuilder()
        message.bytes = Array(query.prefix(2))
        message.number(flags)
        message.number(1)
        message.number(count ?? UInt16(answers.count))
        message.number(0)
        message.number(0)
        message.bytes += query.dropFirst(12)
        for answer in answers { message.record(answer) }
        return message.bytes
    }

    struct Record {
        var name: String
        var type: UInt16
        var ttl: UInt32
        var data: [UInt8]

        static func a(_ name: String, _ octets: [UInt8], ttl: UInt32 = 300) -> Record {
            Record(name: name, type: 1, ttl: ttl, data: octets)
        }

        static func aaaa(_ name: String, lastOctet: UInt8, ttl: UInt32 = 300) -> Record {
            Record(
                name: name, type: 28, ttl: ttl,
                data: [0x20, 0x01, 0x0d, 0xb8] + Array(repeating: 0, count: 11) + [lastOctet])
        }

        static func cname(_ name: String, _ target: String, ttl: UInt32 = 300) -> Record {
            Record(name: name, type: 5, ttl: ttl, data: DNSMessageBuilder.wire(target))
        }
    }

    static func wire(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    private mutating func record(_ record: Record) {
        bytes += Self.wire(record.name)
        number(record.type)
        number(1)
        number(UInt16(record.ttl >> 16))
        number(UInt16(record.ttl & 0xffff))
        number(UInt16(record.data.count))
        bytes += record.data
    }

    private mutating func number(_ number: UInt16) {
        bytes += [UInt8(number >> 8), UInt8(number & 0xff)]
    }
}
