import Foundation
import NIOHTTP1
import Testing

@testable import Echo

struct EchoReportTests {
    private let identity = EchoIdentity(namespace: "shop", service: "store", servicePort: 8080)

    private func report(uri: String = "/", _ headers: HTTPHeaders = [:], bodyBytes: Int = 0) -> String {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers)
        let report = EchoReport(identity: identity, endpoint: "127.0.0.1:4711", head: head, bodyBytes: bodyBytes)
        return String(decoding: report.json, as: UTF8.self)
    }

    @Test func `the report is written in a fixed order, indented, with a newline at the end`() {
        #expect(
            report(uri: "/a?b=c", ["Host": "shop.example", "X-A": "1", "x-a": "2"], bodyBytes: 7) == """
                {
                  "service": "store",
                  "namespace": "shop",
                  "pod": "store-echo-0",
                  "endpoint": "127.0.0.1:4711",
                  "method": "GET",
                  "path": "/a?b=c",
                  "proto": "HTTP/1.1",
                  "host": "shop.example",
                  "headers": {
                    "Host": ["shop.example"],
                    "X-A": ["1", "2"]
                  },
                  "bodyBytes": 7
                }

                """)
    }

    @Test func `a request without fields has an empty object`() {
        #expect(report().contains("\"headers\": {},"))
    }

    @Test func `every character survives the way through JSON`() throws {
        let value =
            String(String.UnicodeScalarView((1...0x2ff).compactMap(Unicode.Scalar.init))) + "\u{2028}\u{1F600}\"\\"
        let decoded = try #require(
            try JSONSerialization.jsonObject(with: Data(report(uri: value).utf8)) as? [String: Any])
        #expect(decoded["path"] as? String == value)
    }

    @Test func `bytes that are no UTF-8 are replaced`() throws {
        let value = String(decoding: [0x61, 0xff, 0xfe, 0x62] as [UInt8], as: UTF8.self)
        #expect(report(uri: value).contains("\"path\": \"a\u{fffd}\u{fffd}b\""))
    }
}
