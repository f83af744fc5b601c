import Testing

@testable import Upstream

/// SplitMix64: the same numbers in every run.
private struct Numbers {
    var state: UInt64 = 42

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
        return number ^ number >> 31
    }
}

@Suite struct PowerOfTwoChoicesTests {
    private func picks(_ candidates: [PowerOfTwoChoices.Candidate], times: Int = 2000) -> [Int] {
        var numbers = Numbers()
        var counts = [Int](repeating: 0, count: candidates.count)
        for _ in 0..<times {
            let random = numbers.next()
            counts[PowerOfTwoChoices.choose(count: candidates.count, random: random) { candidates[$0] }] += 1
        }
        return counts
    }

    @Test func `the less loaded of two is always taken`() {
        #expect(picks([.load(5), .load(0)]) == [0, 2000])
    }

    @Test func `the most loaded of several is never taken`() {
        let counts = picks([.load(1), .load(9), .load(1), .load(1)])
        #expect(counts[1] == 0)
        #expect(counts[0] > 400 && counts[2] > 400 && counts[3] > 400)
    }

    @Test func `equals get equal parts`() {
        #expect(picks([.load(0), .load(0), .load(0), .load(0), .load(0)], times: 5000).allSatisfy { 800...1200 ~= $0 })
    }

    @Test func `what is to be avoided is avoided, wherever the usable one stands`() {
        for position in 0..<6 {
            var candidates = [PowerOfTwoChoices.Candidate](repeating: .avoided, count: 6)
            candidates[position] = .load(1000)
            #expect(picks(candidates, times: 200)[position] == 200)
        }
    }

    @Test func `when all are to be avoided, the one that just failed is the last resort`() {
        let counts = picks([.failed, .avoided, .avoided])
        #expect(counts[0] == 0)
        #expect(picks([.failed], times: 10) == [10])
    }
}

@Suite struct EndpointHealthTests {
    private let second: UInt64 = 1_000_000_000

    @Test func `the pause doubles up to eight seconds`() {
        var health = EndpointHealth()
        for pause: UInt64 in [1, 2, 4, 8, 8, 8] {
            health.connectFailed(now: 100 * second)
            #expect(health.isAvoided(now: (100 + pause) * second - 1))
            #expect(!health.isAvoided(now: (100 + pause) * second))
        }
    }

    @Test func `a connection that opens ends the pause`() {
        var health = EndpointHealth()
        health.connectFailed(now: 0)
        health.connectFailed(now: 0)
        health.connectSucceeded()
        #expect(!health.isAvoided(now: 1))
        health.connectFailed(now: 10 * second)
        #expect(!health.isAvoided(now: 11 * second))
    }
}
