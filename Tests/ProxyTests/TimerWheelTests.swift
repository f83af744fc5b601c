import Testing

@testable import Proxy

private let tick: UInt64 = 1 << TimerWheel.tickShift
private let start: UInt64 = 1_000 * tick

@Suite struct TimerWheelTests {
    @Test func `a deadline fires once, not before its time and at most a tick late`() {
        var wheel = TimerWheel(now: start)
        wheel.set(7, at: start + 10 * tick)
        let result1 = wheel.popExpired(now: start + 9 * tick)
        #expect(result1 == nil)
        let result2 = wheel.popExpired(now: start + 11 * tick)
        #expect(result2 == 7)
        let result3 = wheel.popExpired(now: start + 5000 * tick)
        #expect(result3 == nil)
    }

    @Test func `a deadline that moved later fires at the later time only`() {
        var wheel = TimerWheel(now: start)
        wheel.set(3, at: start + 5 * tick)
        wheel.set(3, at: start + 50 * tick)
        let result4 = wheel.popExpired(now: start + 49 * tick)
        #expect(result4 == nil)
        let result5 = wheel.popExpired(now: start + 51 * tick)
        #expect(result5 == 3)
    }

    @Test func `a deadline that moved earlier fires at the earlier time`() {
        var wheel = TimerWheel(now: start)
        wheel.set(3, at: start + 500 * tick)
        wheel.set(3, at: start + 5 * tick)
        let result6 = wheel.popExpired(now: start + 6 * tick)
        #expect(result6 == 3)
        let result7 = wheel.popExpired(now: start + 600 * tick)
        #expect(result7 == nil)
    }

    @Test func `a deadline beyond the horizon of the wheel is kept`() {
        var wheel = TimerWheel(now: start)
        wheel.set(300, at: start + 10_000 * tick)
        let result8 = wheel.popExpired(now: start + 9_999 * tick)
        #expect(result8 == nil)
        let result9 = wheel.popExpired(now: start + 10_001 * tick)
        #expect(result9 == 300)
    }

    @Test func `cleared and removed deadlines do not fire`() {
        var wheel = TimerWheel(now: start)
        wheel.set(1, at: start + 5 * tick)
        wheel.set(2, at: start + 5 * tick)
        wheel.clear(1)
        wheel.remove(2)
        let result10 = wheel.popExpired(now: start + 100 * tick)
        #expect(result10 == nil)
        let result11 = wheel.millisecondsToNext(now: start + 100 * tick)
        #expect(result11 == nil)
    }

    @Test func `a descriptor that is used again starts anew`() {
        var wheel = TimerWheel(now: start)
        wheel.set(5, at: start + 5 * tick)
        wheel.remove(5)
        wheel.set(5, at: start + 20 * tick)
        let result12 = wheel.popExpired(now: start + 19 * tick)
        #expect(result12 == nil)
        let result13 = wheel.popExpired(now: start + 21 * tick)
        #expect(result13 == 5)
    }

    @Test func `the wait ends no later than the next deadline`() {
        var wheel = TimerWheel(now: start)
        let result14 = wheel.millisecondsToNext(now: start)
        #expect(result14 == nil)
        wheel.set(5, at: start + 60 * tick)
        let wait = wheel.millisecondsToNext(now: start) ?? -1
        #expect(wait >= Int32(60 * tick / 1_000_000) && wait <= Int32(62 * tick / 1_000_000) + 1)
        wheel.set(6, at: start + 2 * tick)
        let sooner = wheel.millisecondsToNext(now: start) ?? .max
        #expect(sooner <= Int32(4 * tick / 1_000_000) + 1)
    }

    @Test func `many deadlines fire in a random order of setting, each exactly once`() {
        var random = SystemRandomNumberGenerator()
        var wheel = TimerWheel(now: start)
        var due: [Int32: UInt64] = [:]
        for descriptor in Int32(0)..<2000 {
            for _ in 0..<3 {
                let at = start + UInt64.random(in: 1...6000, using: &random) * tick
                wheel.set(descriptor, at: at)
                due[descriptor] = at
            }
        }
        var now = start
        while now < start + 7000 * tick {
            now += UInt64.random(in: 1...40, using: &random) * tick
            while let descriptor = wheel.popExpired(now: now) {
                let at = due.removeValue(forKey: descriptor)
                #expect(at != nil)
                #expect((at ?? 0) <= now)
            }
            #expect(!due.values.contains { $0 + tick < now })
        }
        #expect(due.isEmpty)
    }
}
