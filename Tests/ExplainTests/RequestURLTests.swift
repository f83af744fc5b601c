import Explain
import Testing

@Suite struct RequestURLTests {
    @Test func `a URL is taken apart`() throws {
        let url = try RequestURL("http://Shop.example.com:8080/a/../b?x=1#part")
        #expect(url.scheme == .http)
        #expect(url.authority == "Shop.example.com:8080")
        #expect(url.port == 8080)
        #expect(url.target == "/a/../b?x=1")
    }

    @Test func `the port of the scheme is not sent`() throws {
        #expect(try RequestURL("http://a.example:80/").authority == "a.example")
        #expect(try RequestURL("http://[::1]:80/").authority == "[::1]")
        #expect(try RequestURL("http://[::1]:81/").authority == "[::1]:81")
        #expect(try RequestURL("https://a.example:80/").authority == "a.example:80")
    }

    @Test(arguments: [
        ("shop.example.com", UInt16(80), "/"), ("https://shop.example.com", 443, "/"),
        ("http://[::1]:81?x", 81, "/?x"), ("http://[::1]/p", 80, "/p"), ("HTTP://a/", 80, "/"),
    ])
    func `port and path have defaults`(text: String, port: UInt16, target: String) throws {
        let url = try RequestURL(text)
        #expect(url.port == port)
        #expect(url.target == target)
    }

    @Test(arguments: [
        "", "http://", "ftp://a/", "http://u:p@a/", "http://a:0/", "http://a:99999/", "http://a b/", "http://::1/",
    ])
    func `what is no URL is refused`(text: String) {
        #expect(throws: ExplainError.self) { try RequestURL(text) }
    }

    @Test func `a header is one line of name and value`() throws {
        #expect(try ExplainRequest.Field("X-A:  1") == ExplainRequest.Field(name: "X-A", value: "1"))
        #expect(try ExplainRequest.Field("X-A;") == ExplainRequest.Field(name: "X-A", value: ""))
        #expect(try ExplainRequest.Field("X-A: http://x") == ExplainRequest.Field(name: "X-A", value: "http://x"))
        #expect(throws: ExplainError.self) { try ExplainRequest.Field("no colon") }
        #expect(throws: ExplainError.self) {
            try ExplainRequest(
                url: try RequestURL("a"), headers: [ExplainRequest.Field(name: "A", value: "1\r\nHost: b")])
        }
    }
}
