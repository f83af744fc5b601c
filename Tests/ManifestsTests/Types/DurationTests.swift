import GatewayAPI
import Testing

struct DurationTests {
    /// The examples of GEP-2257.
    @Test(arguments: [
        ("0h", "0s"), ("0s", "0s"), ("0h0m0s", "0s"), ("1h", "1h"), ("30m", "30m"), ("10s", "10s"), ("500ms", "500ms"),
        ("2h30m", "2h30m"), ("150m", "2h30m"), ("7230s", "2h30s"), ("1h30m10s", "1h30m10s"), ("10s30m1h", "1h30m10s"),
        ("100ms200ms300ms", "600ms"), ("99999h", "99999h"), ("1000ms", "1s"), ("60s", "1m"), ("00001h", "1h"),
    ])
    func `a duration has a canonical form`(text: String, canonical: String) {
        #expect(GatewayDuration(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "1", "1m1", "1d", "1h30m10s20ms50h", "999999h", "1.5h", "-15m", "+1s", "1 s", " 1s", "1s ", "h", "1H",
        "1hm", "ms",
        "1h-1s", "１s",
    ])
    func `what is no duration is refused`(text: String) {
        #expect(GatewayDuration(text) == nil)
    }

    @Test func `durations compare and convert`() throws {
        let (second, minute) = (try #require(GatewayDuration("1s")), try #require(GatewayDuration("1m")))
        #expect(second < minute)
        #expect(second.milliseconds == 1000)
        #expect(minute.duration == .seconds(60))
        #expect(GatewayDuration("60s") == minute)
        #expect(try #require(GatewayDuration("0ms")).isZero)
        #expect(GatewayDuration(milliseconds: -1) == .zero)
    }
}
