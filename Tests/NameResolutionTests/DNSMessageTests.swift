import Testing

@testable import Proxy

struct DNSMessageTests {
    private typealias Record = DNSMessageBuilder.Record

    private func question(_ name: String = "api.example.com", _ type: DNSQuestion.RecordType = .a) throws -> DNSQuestion
    {
        DNSQuestion(name: try #require(DNSName(name)), type: type)
    }

    /// What is made of a response with these answers.
    private func parse(
        _ answers: [Record], flags: UInt16 = 0x8180, count: UInt16? = nil, type: DNSQuestion.RecordType = .a
    ) throws -> DNSResponse {
        let question = try question("api.example.com", type)
        let bytes = DNSMessageBuilder.response(
            to: question.query(id: 77), flags: flags, answers: answers, count: count)
        return DNSResponse.parse(bytes, id: 77, question: question)
    }

    @Test func `a query is what RFC 1035 says`() throws {
        #expect(
            try question("A.example.").query(id: 0x1234)
                == [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + [1, 0x61, 7] + Array("example".utf8) + [0, 0, 1, 0, 1])
        #expect(try question("a.example", .aaaa).query(id: 0).suffix(4) == [0, 28, 0, 1])
    }

    @Test(arguments: [
        "", ".", "a..b", ".a", "a.b..", "a b", "a/b", "ex\u{e4}mple.com", String(repeating: "a", count: 64),
        Array(repeating: String(repeating: "a", count: 50), count: 5).joined(separator: "."),
    ])
    func `what is no host name is refused`(text: String) {
        #expect(DNSName(text) == nil)
    }

    @Test(arguments: ["a", "a.", "_srv.x-y.Z9", String(repeating: "a", count: 63)])
    func `a host name is taken`(text: String) {
        #expect(DNSName(text) != nil)
    }

    @Test func `names are equal whatever their case and final dot`() {
        #expect(DNSName("Api.Example.COM.") == DNSName("api.example.com"))
    }

    @Test func `addresses come with the least TTL`() throws {
        let answers: [Record] = [
            .a("api.example.com", [10, 0, 0, 1], ttl: 60), .a("API.example.com", [10, 0, 0, 2], ttl: 30),
        ]
        #expect(try parse(answers) == .addresses([.v4(0x0a00_0001), .v4(0x0a00_0002)], seconds: 30))
    }

    @Test func `an IPv6 address is read`() throws {
        let expected = try #require(ResolvedAddress("2001:db8::5"))
        #expect(
            try parse([.aaaa("api.example.com", lastOctet: 5)], type: .aaaa) == .addresses([expected], seconds: 300))
    }

    @Test func `a chain of aliases is followed, in whatever order it comes, and its TTLs count`() throws {
        let answers: [Record] = [
            .a("c.example.net", [10, 0, 0, 1], ttl: 300), .cname("b.example.org", "c.example.net", ttl: 20),
            .cname("api.example.com", "b.example.org", ttl: 3600), .a("unrelated.example", [10, 9, 9, 9]),
        ]
        #expect(try parse(answers) == .addresses([.v4(0x0a00_0001)], seconds: 20))
    }

    @Test func `a loop of aliases ends without addresses`() throws {
        #expect(
            try parse([.cname("api.example.com", "b.example"), .cname("b.example", "api.example.com")]) == .noData)
    }

    @Test func `records of other names and types are no answer`() throws {
        #expect(try parse([]) == .noData)
        #expect(try parse([.a("other.example.com", [10, 0, 0, 1])]) == .noData)
        #expect(try parse([.aaaa("api.example.com", lastOctet: 1)]) == .noData)
        #expect(try parse([Record(name: "api.example.com", type: 16, ttl: 1, data: [1, 0x61])]) == .noData)
    }

    @Test(arguments: [
        (UInt16(3), DNSResponse.noSuchName), (2, .failure(code: 2)), (5, .failure(code: 5)), (1, .failure(code: 1)),
    ])
    func `a response code says what is wrong`(code: UInt16, expected: DNSResponse) throws {
        #expect(try parse([], flags: 0x8180 | code) == expected)
        // Servers may leave the question out of an error.
        let bare: [UInt8] = [0, 77, 0x81, 0x80 | UInt8(code), 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(DNSResponse.parse(bare, id: 77, question: try question()) == expected)
    }

    @Test func `a TTL with the top bit set is none`() throws {
        #expect(
            try parse([.a("api.example.com", [10, 0, 0, 1], ttl: 0x8000_0001)])
                == .addresses([.v4(0x0a00_0001)], seconds: 0))
    }

    @Test func `a truncated response says so, with what did fit`() throws {
        #expect(try parse([], flags: 0x8380) == .truncated([], seconds: 0))
        let answers: [Record] = [.a("api.example.com", [10, 0, 0, 1], ttl: 9)]
        #expect(try parse(answers, flags: 0x8380, count: 4) == .truncated([.v4(0x0a00_0001)], seconds: 9))
    }

    @Test func `another id, another question and a query are not taken for the response`() throws {
        let question = try question()
        let other = try self.question("evil.example.com")
        let good = DNSMessageBuilder.response(
            to: question.query(id: 77), answers: [.a("api.example.com", [10, 0, 0, 1])])
        #expect(DNSResponse.parse(good, id: 78, question: question) == .unrelated)
        #expect(DNSResponse.parse(good, id: 77, question: other) == .unrelated)
        #expect(
            DNSResponse.parse(good, id: 77, question: DNSQuestion(name: question.name, type: .aaaa)) == .unrelated)
        #expect(DNSResponse.parse(question.query(id: 77), id: 77, question: question) == .unrelated)
        #expect(DNSResponse.parse([], id: 77, question: question) == .unrelated)
    }

    @Test(arguments: [
        [0xc0, 0x0c] as [UInt8], [0xc0, 0xff], [0xff, 0xff], [0x40, 1], [5, 0x61], [1, 0x61, 0xc0],
    ])
    func `a name that points at itself, forwards, or outside is damage`(name: [UInt8]) throws {
        // Where the name of the first record stands.
        let question = try question("a.b")
        let message = DNSMessageBuilder.response(to: question.query(id: 1), count: 1)
        var broken = message + name
        if name == [0xc0, 0x0c] { broken = message + [0xc0, UInt8(message.count)] }
        #expect(DNSResponse.parse(broken + [0, 1, 0, 1, 0, 0, 0, 9], id: 1, question: question) == .malformed)
    }

    @Test func `compressed names are read`() throws {
        let question = try question("api.example.com")
        let message = DNSMessageBuilder.response(to: question.query(id: 1), count: 2)
        // CNAME to "b" + pointer to "example.com" (octet 16); then A for a pointer to that name's place.
        let alias: [UInt8] = [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 0x62, 0xc0, 16]
        let place = UInt8(message.count + 12)
        let address: [UInt8] = [0xc0, place, 0, 1, 0, 1, 0, 0, 0, 50, 0, 4, 10, 0, 0, 7]
        #expect(
            DNSResponse.parse(message + alias + address, id: 1, question: question)
                == .addresses([.v4(0x0a00_0007)], seconds: 50))
    }

    @Test func `a record that is cut short, or has an address of the wrong length, is damage`() throws {
        #expect(try parse([.a("api.example.com", [10, 0, 0])]) == .malformed)
        #expect(try parse([.a("api.example.com", [10, 0, 0, 1])], count: 2) == .malformed)
        let question = try question()
        let whole = DNSMessageBuilder.response(
            to: question.query(id: 1), answers: [.cname("api.example.com", "b.c"), .a("b.c", [1, 2, 3, 4])])
        for length in 12..<whole.count {
            #expect(DNSResponse.parse(Array(whole.prefix(length)), id: 1, question: question) == .malformed)
        }
    }

    @Test func `no message, however damaged, makes the parser trap`() throws {
        let question = try question()
        let whole = DNSMessageBuilder.response(
            to: question.query(id: 1),
            answers: [.cname("api.example.com", "b.c"), .a("b.c", [1, 2, 3, 4]), .aaaa("b.c", lastOctet: 1)])
        var random = SplitMix(state: 2)
        for _ in 0..<20000 {
            var message = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                message[Int.random(in: 2..<message.count, using: &random)] = .random(in: .min ... .max, using: &random)
            }
            message.removeLast(Int.random(in: 0..<message.count, using: &random))
            _ = DNSResponse.parse(message, id: 1, question: question)
        }
        // The loop has seen the parser at work, not only its first check.
        #expect(DNSResponse.parse(whole, id: 1, question: question) == .addresses([.v4(0x0102_0304)], seconds: 300))
    }
}

/// The same numbers in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
