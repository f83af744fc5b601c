import Testing

@testable import Upstream

@Suite struct RetryAllowanceTests {
    private let second: UInt64 = 1_000_000_000

    private func allowance(
        percent: UInt32 = 20, interval: UInt64 = 10, minimumCount: UInt32 = 1, minimumInterval: UInt64 = 1,
        loop: Int = 0, loops: Int = 1
    ) -> RetryAllowance {
        RetryAllowance(
            percent: percent, interval: interval * second, minimumCount: minimumCount,
            minimumInterval: minimumInterval * second, loop: loop, loops: loops)
    }

    private func retries(_ allowance: inout RetryAllowance, of attempts: Int, at now: UInt64) -> Int {
        (0..<attempts).count { _ in allowance.takeRetry(now: now) }
    }

    @Test func `retries are a share of all requests, themselves included`() {
        var allowance = allowance(percent: 20)
        for _ in 0..<80 { allowance.noteRequest(now: 0) }
        #expect(retries(&allowance, of: 1000, at: 1) == 20)
    }

    @Test func `the minimum is allowed without requests, and again after its interval`() {
        var allowance = allowance(percent: 0, minimumCount: 3, minimumInterval: 2)
        #expect(retries(&allowance, of: 10, at: 0) == 3)
        #expect(retries(&allowance, of: 10, at: 2 * second - 1) == 0)
        #expect(retries(&allowance, of: 10, at: 3 * second) == 3)
    }

    @Test func `requests count for one interval`() {
        var allowance = allowance(percent: 50)
        for _ in 0..<100 { allowance.noteRequest(now: 0) }
        #expect(retries(&allowance, of: 30, at: 5 * second) == 30)
        // The requests are forgotten, the retries are not: what remains is the minimum.
        #expect(retries(&allowance, of: 30, at: 11 * second) == 1)
    }

    @Test func `all is allowed with 100 percent, nothing but the minimum with 0`() {
        var all = allowance(percent: 100)
        #expect(retries(&all, of: 1000, at: 0) == 1000)
        var none = allowance(percent: 0)
        for _ in 0..<1000 { none.noteRequest(now: 0) }
        #expect(retries(&none, of: 1000, at: 0) == 1)
    }

    @Test(arguments: [(10, 4, [3, 3, 2, 2]), (1, 3, [1, 1, 1]), (8, 2, [4, 4])] as [(UInt32, Int, [Int])])
    func `loops divide the minimum, and each has one`(_ count: UInt32, _ loops: Int, _ expected: [Int]) {
        let shares = (0..<loops).map { loop in
            var allowance = allowance(percent: 0, minimumCount: count, loop: loop, loops: loops)
            return retries(&allowance, of: 100, at: 0)
        }
        #expect(shares == expected)
    }

    @Test func `the share never exceeds the percentage in any interval of a long run`() {
        var allowance = allowance(percent: 10, interval: 1, minimumCount: 2)
        var taken: [UInt64] = []
        var sent: [UInt64] = []
        for step in 0..<20_000 as Range<UInt64> {
            let now = step * second / 1000
            // Bursts and pauses.
            if step / 700 % 2 == 0 {
                allowance.noteRequest(now: now)
                sent.append(now)
            }
            if allowance.takeRetry(now: now) { taken.append(now) }
        }
        #expect(taken.count > 100)
        for start in stride(from: UInt64(0), to: 19 * second, by: Int(second / 10)) {
            let retries = taken.count { start..<start + second ~= $0 }
            // A request may count for a sixteenth of the interval longer.
            let requests = sent.count { Int64($0) >= Int64(start) - Int64(second) * 17 / 16 && $0 < start + second }
            #expect(Double(retries) <= 0.1 * Double(requests + retries) + 1 + 2)
        }
    }

    @Test func `a clock that jumps does no harm`() {
        var allowance = allowance(percent: 50, minimumCount: 1)
        allowance.noteRequest(now: 100 * second)
        #expect(retries(&allowance, of: 1, at: 50 * second) == 1)
        #expect(retries(&allowance, of: 2, at: .max) == 1)
    }
}

@Suite struct SlidingCounterTests {
    @Test func `an event is forgotten between one interval and a sixteenth more`() {
        for offset: UInt64 in 0..<200 {
            var counter = SlidingCounter(interval: 1600)
            counter.add(now: 10_000 + offset)
            counter.advance(to: 10_000 + offset + 1600)
            #expect(counter.count == 1)
            counter.advance(to: 10_000 + offset + 1700)
            #expect(counter.count == 0)
        }
    }

    @Test func `the count is the sum of what is remembered`() {
        var counter = SlidingCounter(interval: 1600)
        for now in 0..<5000 as Range<UInt64> { counter.add(now: now) }
        #expect(1600...1700 ~= counter.count)
        counter.advance(to: 1_000_000)
        #expect(counter.count == 0)
    }
}
