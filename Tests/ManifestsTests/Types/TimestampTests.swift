import KubernetesTypes
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1), ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-01-31T12:00:00Z", 1_769_860_800), ("2026-01-31T12:00:00.987654321Z", 1_769_860_800),
            ("2026-01-31T14:00:00+02:00", 1_769_860_800), ("2026-01-31t06:30:00-05:30", 1_769_860_800),
            ("2016-12-31T23:59:60Z", 1_483_228_799), ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("9999-12-31T23:59:59z", 253_402_300_799),
        ] as [(String, Int64)])
    func `RFC 3339 is read`(text: String, seconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.secondsSince1970 == seconds)
    }

    @Test(arguments: [
        "", "2026-01-31", "2026-01-31 12:00:00Z", "2026-01-31T12:00:00", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+0200", "26-01-01T00:00:00Z", "2026-01-01T00:00:00ZZ", "+026-01-01T00:00:00Z",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `what is written is read back`() throws {
        var generator = SplitMix(state: 3)
        for _ in 0..<2000 {
            let timestamp = Timestamp(
                secondsSince1970: Int64.random(in: -62_135_596_800...253_402_300_799, using: &generator))
            #expect(Timestamp(rfc3339: timestamp.description) == timestamp)
        }
        #expect(Timestamp.epoch.description == "1970-01-01T00:00:00Z")
        #expect(Timestamp(secondsSince1970: .min).description < Timestamp(secondsSince1970: .max).description)
        #expect(Timestamp.epoch < Timestamp(secondsSince1970: 1))
    }
}
