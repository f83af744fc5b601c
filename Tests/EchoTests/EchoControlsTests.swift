import NIOCore
import NIOHTTP1
import Testing

@testable import Echo

struct EchoControlsTests {
    @Test(arguments: [
        ("1s", TimeAmount.seconds(1)), ("250ms", .milliseconds(250)), ("1.5s", .milliseconds(1500)), ("0s", .zero),
        ("2m", .seconds(60)), ("999999999999s", .seconds(60)), ("1m", .seconds(60)),
    ])
    func `a delay is a number with a unit, at most sixty seconds`(text: String, expected: TimeAmount) {
        #expect(EchoControls.duration(text[...]) == expected)
    }

    @Test(arguments: ["", "s", "5", "-1s", "1e3s", "1.2.3s", "nans", "infs", "1h"])
    func `what is no delay is not understood`(text: String) {
        #expect(EchoControls.duration(text[...]) == nil)
    }

    @Test(arguments: [("200", 200), ("503", 503), ("100", 200), ("101", 200), ("600", 599), ("999", 599)])
    func `a status is clamped to what a final response may have`(text: String, expected: Int) {
        #expect(EchoControls.statusCode(text[...]) == expected)
    }

    @Test(arguments: ["", "99", "1000", "abc", "+50", "20", "-20"])
    func `what is no status is not understood`(text: String) {
        #expect(EchoControls.statusCode(text[...]) == nil)
    }

    @Test func `parameters are found among others, and nonsense changes nothing`() {
        let controls = EchoControls(target: "/a?x=1&status=404&delay=5ms&status=later&delay", headers: [:])
        #expect(controls.status == 404)
        #expect(controls.delay == .milliseconds(5))
        #expect(EchoControls(target: "/a", headers: [:]) == EchoControls(target: "/?status", headers: [:]))
    }

    @Test func `fields are set from the list, also with empty values and several times`() {
        let headers: HTTPHeaders = ["x-echo-set-header": "a:b, c:,Set-Cookie: x=1 ,Set-Cookie:y=a:b", "y": "z"]
        #expect(
            EchoControls(target: "/", headers: headers).fields == [
                .init(name: "a", value: "b"), .init(name: "c", value: ""), .init(name: "Set-Cookie", value: "x=1"),
                .init(name: "Set-Cookie", value: "y=a:b"),
            ])
    }

    @Test(arguments: ["nocolon", ":value", "bad name:x", "Content-Length:3", "transfer-encoding:chunked", ""])
    func `what is no field, or would break the framing, is not set`(list: String) {
        #expect(EchoControls.fields(list).isEmpty)
    }
}
