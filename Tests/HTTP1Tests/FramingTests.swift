import HTTP1
import HTTPSemantics
import Testing

/// What request smuggling is made of: messages whose end two programs could see in different places.
@Suite struct FramingTests {
    @Test(
        arguments: [
            ("Content-Length: 0", BodyFraming.contentLength(0)), ("Content-Length: 42", .contentLength(42)),
            ("content-length:\t007 ", .contentLength(7)),
            ("Content-Length: 9223372036854775807", .contentLength(9_223_372_036_854_775_807)),
            ("Transfer-Encoding: chunked", .chunked), ("transfer-encoding: CHUNKED", .chunked),
            ("Transfer-Encoding:\t chunked \t", .chunked), ("X: y", .none),
        ])
    func `a request body is framed by one unambiguous field`(line: String, framing: BodyFraming) throws {
        #expect(try request(requestText(line)).head.framing == framing)
    }

    @Test(
        arguments: [
            "", "+5", "-5", "5 5", "5,", "5, 5", "5,5", "5;", "0x5", "5.0", "5e1", "a", "\"5\"", "5\t5", "\u{B2}",
            "9223372036854775808", "18446744073709551616", "99999999999999999999", "00000000000000000005",
        ])
    func `a Content-Length that is not a plain number is refused`(value: String) {
        #expect(refusal(requestText("Content-Length: \(value)")) == .invalidContentLength)
        #expect(refusal(requestText("Content-Length: \(value)", version: "1.0")) == .invalidContentLength)
        #expect(responseRefusal("HTTP/1.1 200 OK\r\nContent-Length: \(value)\r\n\r\n") == .invalidContentLength)
    }

    @Test(arguments: [("5", "5"), ("5", "6"), ("0", "5"), ("5", "05")])
    func `more than one Content-Length is refused in a request`(first: String, second: String) {
        #expect(
            refusal(requestText("Content-Length: \(first)", "Content-Length: \(second)")) == .duplicateContentLength)
        #expect(
            refusal(requestText("Content-Length: \(first)", "X: y", "content-length: \(second)"))
                == .duplicateContentLength)
    }

    @Test func `Content-Length together with Transfer-Encoding is refused in any order`() {
        let length = "Content-Length: 5"
        let chunked = "Transfer-Encoding: chunked"
        #expect(refusal(requestText(length, chunked)) == .conflictingFraming)
        #expect(refusal(requestText(chunked, length)) == .conflictingFraming)
        #expect(refusal(requestText(chunked, "Content-Length: 0")) == .conflictingFraming)
        #expect(refusal(requestText("Transfer-Encoding: gzip", length)) == .conflictingFraming)
        #expect(responseRefusal("HTTP/1.1 200 OK\r\n\(length)\r\n\(chunked)\r\n\r\n") == .conflictingFraming)
    }

    @Test(
        arguments: [
            ("", HeadError.invalidTransferEncoding), ("identity", .invalidTransferEncoding),
            ("gzip", .invalidTransferEncoding), ("xchunked", .invalidTransferEncoding),
            ("chunked-x", .invalidTransferEncoding), ("chunke", .invalidTransferEncoding),
            ("chunked, chunked", .invalidTransferEncoding), ("chunked,identity", .invalidTransferEncoding),
            ("chunked, gzip", .invalidTransferEncoding), ("chunked;q=1", .invalidTransferEncoding),
            ("chunked;", .invalidTransferEncoding), ("chunked,", .invalidTransferEncoding),
            (", chunked", .invalidTransferEncoding), ("\"chunked\"", .invalidTransferEncoding),
            ("chunked chunked", .invalidTransferEncoding), ("chunked\u{A0}", .invalidTransferEncoding),
            ("\u{B}chunked", .controlByte), ("chunked\u{0}", .controlByte),
            ("gzip, chunked, chunked", .invalidTransferEncoding), ("gzip, chunked", .unsupportedTransferCoding),
            ("identity, chunked", .unsupportedTransferCoding), ("deflate, gzip, chunked", .unsupportedTransferCoding),
        ])
    func `a Transfer-Encoding other than chunked alone is refused`(value: String, error: HeadError) {
        #expect(refusal(requestText("Transfer-Encoding: \(value)")) == error)
        #expect(responseRefusal("HTTP/1.1 200 OK\r\nTransfer-Encoding: \(value)\r\n\r\n") == error)
    }

    @Test(
        arguments: [
            ("chunked", "chunked", HeadError.invalidTransferEncoding),
            ("chunked", "identity", .invalidTransferEncoding),
            ("identity", "chunked", .unsupportedTransferCoding), ("gzip", "gzip", .invalidTransferEncoding),
            ("chunked", "", .invalidTransferEncoding),
        ])
    func `Transfer-Encoding lines are one list`(first: String, second: String, error: HeadError) {
        #expect(refusal(requestText("Transfer-Encoding: \(first)", "Transfer-Encoding: \(second)")) == error)
    }

    @Test func `Transfer-Encoding in HTTP 1_0 is refused`() {
        #expect(refusal(requestText("Transfer-Encoding: chunked", version: "1.0")) == .transferEncodingInHTTP10)
        #expect(
            responseRefusal("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") == .transferEncodingInHTTP10)
    }

    @Test(
        arguments: [
            ("Transfer-Encoding : chunked", HeadError.whitespaceBeforeColon),
            (" Transfer-Encoding: chunked", .leadingWhitespace),
            ("X: y\r\n Transfer-Encoding: chunked", .leadingWhitespace),
            ("Transfer-Encoding\u{0}: chunked", .invalidFieldName),
            ("Transfer-Encoding: \r\n chunked", .invalidTransferEncoding),
            ("X: y\nTransfer-Encoding: chunked", .bareLineFeed),
            ("X: y\rTransfer-Encoding: chunked", .bareCarriageReturn),
            ("Content-Length\u{B}: 5", .invalidFieldName), ("Content-Length: 5\u{0}", .controlByte),
        ])
    func `framing fields in disguise are refused`(line: String, error: HeadError) {
        #expect(refusal(requestText(line)) == error)
    }

    @Test func `a name that only resembles a framing field is another field`() throws {
        let parsed = try request(requestText("Transfer_Encoding: chunked", "Content-Lengths: 5"))
        #expect(parsed.head.framing == .none)
        #expect(parsed.fields.dropFirst().allSatisfy { $0.known == .other && !$0.isHopByHop })
    }
}
