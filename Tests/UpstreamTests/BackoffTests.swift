import Testing
import Upstream

@Suite struct BackoffTests {
    private let millisecond: UInt64 = 1_000_000

    @Test(arguments: [(1, 100), (2, 200), (3, 400), (4, 800), (5, 800), (100, 800)] as [(UInt32, UInt64)])
    func `the pause doubles up to eight times`(_ retry: UInt32, _ expected: UInt64) {
        #expect(Backoff.delay(base: 100 * millisecond, retry: retry, random: 0) == expected * millisecond)
    }

    @Test func `it does not grow above a second`() {
        #expect(Backoff.delay(base: 400 * millisecond, retry: 3, random: 0) == 1000 * millisecond)
        #expect(Backoff.delay(base: 5000 * millisecond, retry: 3, random: 0) == 5000 * millisecond)
    }

    @Test func `chance adds up to a half and takes nothing away`() {
        for random in stride(from: UInt64(0), to: .max - .max / 100, by: .max / 100) {
            let delay = Backoff.delay(base: 100 * millisecond, retry: 2, random: random)
            #expect(200 * millisecond...300 * millisecond ~= delay)
        }
        #expect(Backoff.delay(base: 100 * millisecond, retry: 2, random: .max) > 299 * millisecond)
    }

    @Test func `extremes do not overflow`() {
        #expect(Backoff.delay(base: .max, retry: .max, random: .max) == .max)
        #expect(Backoff.delay(base: 0, retry: 0, random: .max) == 0)
    }
}
