import HTTP1
import HTTPSemantics
import Testing

@Suite struct FieldSyntaxTests {
    @Test(
        arguments: [
            ("A: b", "b"), ("A:b", "b"), ("A:", ""), ("A: \t ", ""), ("A: \tb c\td \t", "b c\td"),
            ("A: b:c", "b:c"), ("A: \u{80}\u{FF}", "\u{FFFD}\u{FFFD}"),
            ("A: 0123456789abcdef0123456789abcdef012", "0123456789abcdef0123456789abcdef012"),
        ])
    func `whitespace around a value is not part of it`(line: String, value: String) throws {
        let parsed = try request(requestText(line, "Z: last"))
        #expect(parsed.fields.map(\.name) == ["Host", "A", "Z"])
        #expect(parsed.fields[1].value == value)
        #expect(parsed.fields[2].value == "last")
    }

    @Test(
        arguments: [
            (" A: b", HeadError.leadingWhitespace), ("\tA: b", .leadingWhitespace), ("A: b\r\n c", .leadingWhitespace),
            ("A: b\r\n\tc", .leadingWhitespace), ("A : b", .whitespaceBeforeColon), ("A\t: b", .whitespaceBeforeColon),
            (": b", .invalidFieldName), ("A", .invalidFieldName), ("A b: c", .whitespaceBeforeColon),
            ("A(: b", .invalidFieldName), ("A\u{0}: b", .invalidFieldName), ("\u{E9}: b", .invalidFieldName),
            ("A\u{7F}: b", .invalidFieldName), ("A/B: c", .invalidFieldName), ("A\"B: c", .invalidFieldName),
            ("0123456789abcdef{: c", .invalidFieldName), ("A: b\u{0}c", .controlByte), ("A: b\u{1}", .controlByte),
            ("A: \u{1F}b", .controlByte), ("A: b\u{7F}", .controlByte), ("A: b\u{8}", .controlByte),
            ("A: b\u{B}c", .controlByte), ("A: 0123456789abcdef\u{0}", .controlByte), ("A: b\rc", .bareCarriageReturn),
            ("A: b\r\rc", .bareCarriageReturn), ("A: b\nC: d", .bareLineFeed), ("A: b\r", .bareCarriageReturn),
            ("A: b\n", .bareLineFeed), ("A: b\n\r\n", .bareLineFeed), ("\nA: b", .bareLineFeed),
            ("\rA: b", .bareCarriageReturn), ("A\r: b", .invalidFieldName),
        ])
    func `a malformed field line is refused`(line: String, error: HeadError) {
        #expect(refusal(requestText(line, "Z: last")) == error)
        #expect(refusal("GET / HTTP/1.1\r\n\(line)\r\nHost: a\r\n\r\n") == error)
        #expect(responseRefusal("HTTP/1.1 200 OK\r\n\(line)\r\n\r\n") == error)
    }

    @Test func `every byte is a token character as the RFC says, wherever it stands`() {
        let tokens = Set(
            "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for byte in UInt8.min...UInt8.max {
            // In the first block, across the end of a block, and in the rest of the buffer.
            for position in [0, 1, 15, 16, 17, 31] {
                var name = Array(repeating: UInt8(ascii: "n"), count: 33)
                name[position] = byte
                let bytes = latin1("GET / HTTP/1.1\r\nHost: a\r\n") + name + latin1(": value\r\n\r\n")
                var isComplete = false
                if case .complete = parseRequest(bytes) { isComplete = true }
                // A colon ends the name early, which leaves a field all the same.
                let isValid = tokens.contains(byte) || byte == UInt8(ascii: ":") && position > 0
                #expect(isComplete == isValid, "byte \(byte) at \(position)")
            }
        }
    }

    @Test func `every byte is allowed in a value or not, wherever it stands`() {
        for byte in UInt8.min...UInt8.max {
            for position in [0, 7, 15, 16, 31, 40] {
                var value = Array(repeating: UInt8(ascii: "v"), count: 41)
                value[position] = byte
                let bytes = latin1("GET / HTTP/1.1\r\nHost: a\r\nName: ") + value + latin1("\r\n\r\n")
                var isComplete = false
                if case .complete = parseRequest(bytes) { isComplete = true }
                #expect(isComplete == (byte >= 32 && byte != 127 || byte == 9), "byte \(byte) at \(position)")
            }
        }
    }

    @Test(
        arguments: [
            ("host", KnownField.host), ("connection", .connection), ("content-length", .contentLength),
            ("transfer-encoding", .transferEncoding), ("keep-alive", .keepAlive),
            ("proxy-connection", .proxyConnection),
            ("te", .te), ("trailer", .trailer), ("upgrade", .upgrade), ("expect", .expect),
            ("x-forwarded-for", .xForwardedFor), ("x-forwarded-proto", .xForwardedProto),
            ("x-forwarded-host", .xForwardedHost), ("via", .via), ("date", .date), ("server", .server),
            ("location", .location), ("content-type", .contentType), ("origin", .origin), ("cookie", .cookie),
            ("set-cookie", .setCookie), ("authorization", .authorization), ("http2-settings", .http2Settings),
        ])
    func `a known field is found in any case, and only itself`(name: String, known: KnownField) throws {
        for spelling in [name, name.uppercased(), name.prefix(1).uppercased() + name.dropFirst()] {
            // The value is valid for every one of them that is looked into.
            let value = known == .transferEncoding ? "chunked" : "1"
            let lines = "X: y\r\n\(spelling): \(value)\r\n"
            let parsed = try request(
                "GET / HTTP/1.\(known == .host ? 0 : 1)\r\n\(known == .host ? "" : "Host: a\r\n")\(lines)\r\n")
            #expect(parsed.fields.last?.known == known)
            #expect(parsed.head.knownFields.contains(known))
            #expect(parsed.head.fieldLengthMask & 1 << UInt64(name.utf8.count) != 0)
            for other in ["\(name)s", "q\(name.dropFirst())", "\(name.dropLast())~", "\(name.dropLast())"] {
                let parsed = try request("GET / HTTP/1.0\r\n\(other): 1\r\n\r\n")
                #expect(parsed.fields.first?.known == .other, "\(other)")
                #expect(parsed.head.knownFields.isEmpty)
            }
        }
    }

    @Test func `bits of the sets are the raw values`() {
        for raw in UInt8.min...31 {
            guard let field = KnownField(rawValue: raw) else { continue }
            #expect(KnownFieldSet(field).rawValue == 1 << UInt32(raw))
        }
    }

    @Test func `the mask of name lengths tells every length, and 63 for longer ones`() throws {
        let long = String(repeating: "l", count: 80)
        let parsed = try request("GET / HTTP/1.1\r\nHost: a\r\nabc: 1\r\n\(long): 2\r\n\r\n")
        #expect(parsed.head.fieldLengthMask == UInt64(1) << 4 | 1 << 3 | 1 << 63)
        #expect(parsed.fields.last?.name == long)
    }
}
