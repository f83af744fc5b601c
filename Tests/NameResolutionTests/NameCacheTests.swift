import Testing

@testable import Proxy

struct NameCacheTests {
    /// Some instant; only differences matter.
    private let start = ContinuousClock.now
    private let one = ResolvedAddress.v4(1)
    private let two = ResolvedAddress.v4(2)

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .milliseconds(Int(seconds * 1000)) }

    private func success(_ addresses: ResolvedAddress..., ttl: Int) -> NameResolution {
        .success(ResolvedName(addresses: addresses, timeToLive: .seconds(ttl)))
    }

    /// A cache with one name, "a", whose first resolution is on its way.
    private func resolving() -> NameCache {
        var cache = NameCache()
        cache.use(["a"], now: start)
        #expect(cache.next(now: start) == .resolve("a"))
        return cache
    }

    @Test func `without names there is nothing to do`() {
        var cache = NameCache()
        #expect(cache.next(now: start) == .idle)
        cache.use([], now: start)
        #expect(cache.next(now: start) == .idle)
    }

    @Test func `new names are resolved at once, each once`() {
        var cache = NameCache()
        cache.use(["b", "a"], now: start)
        #expect(cache.next(now: start) == .resolve("a"))
        #expect(cache.next(now: start) == .resolve("b"))
        #expect(cache.next(now: at(100)) == .idle)
    }

    @Test func `addresses are asked for again before their TTL is over`() {
        var cache = resolving()
        #expect(cache.received(success(one, ttl: 100), for: "a", now: at(1)) == [one])
        #expect(cache.next(now: at(1)) == .wait(until: at(81)))
        #expect(cache.next(now: at(80.9)) == .wait(until: at(81)))
        #expect(cache.next(now: at(81)) == .resolve("a"))
        #expect(cache.addresses(of: "a") == [one])
    }

    @Test(arguments: [(0, 0.8), (1, 0.8), (5, 4.0), (3600, 2880.0), (86400, 2880.0)])
    func `a TTL is kept between a second and an hour`(ttl: Int, refresh: Double) {
        var cache = resolving()
        _ = cache.received(success(one, ttl: ttl), for: "a", now: start)
        #expect(cache.next(now: start) == .wait(until: at(refresh)))
    }

    @Test func `only a change is told`() {
        var cache = resolving()
        #expect(cache.received(success(one, two, ttl: 10), for: "a", now: start) == [one, two])
        #expect(cache.received(success(two, one, ttl: 10), for: "a", now: at(8)) == nil)
        #expect(cache.received(success(two, ttl: 10), for: "a", now: at(16)) == [two])
    }

    @Test(arguments: [
        NameResolutionError.timedOut, .serverFailure(code: 2), .malformedAnswer, .unreachable(errno: 111),
    ])
    func `a failure to ask keeps the last good addresses, for as long as it lasts`(error: NameResolutionError) {
        var cache = resolving()
        _ = cache.received(success(one, ttl: 10), for: "a", now: start)
        for hour in 1...48 {
            #expect(cache.received(.failure(error), for: "a", now: at(3600 * Double(hour))) == nil)
            #expect(cache.addresses(of: "a") == [one])
        }
    }

    @Test(arguments: [NameResolutionError.noSuchName, .noAddresses])
    func `a name that has ceased to exist loses its addresses, once`(error: NameResolutionError) {
        var cache = resolving()
        _ = cache.received(success(one, ttl: 10), for: "a", now: start)
        #expect(cache.received(.failure(error), for: "a", now: at(8)) == [])
        #expect(cache.received(.failure(error), for: "a", now: at(9)) == nil)
        #expect(cache.received(success(one, ttl: 10), for: "a", now: at(11)) == [one])
    }

    @Test func `failures are tried again after ever longer pauses, up to thirty seconds`() {
        var cache = resolving()
        var now = 0.0
        for pause in [1.0, 2, 4, 8, 16, 30, 30] {
            #expect(cache.received(.failure(.timedOut), for: "a", now: at(now)) == nil)
            #expect(cache.next(now: at(now)) == .wait(until: at(now + pause)))
            now += pause
            #expect(cache.next(now: at(now)) == .resolve("a"))
        }
    }

    @Test func `a success ends the pauses`() {
        var cache = resolving()
        for second in 0..<5 { _ = cache.received(.failure(.timedOut), for: "a", now: at(Double(second))) }
        _ = cache.received(success(one, ttl: 10), for: "a", now: at(5))
        _ = cache.received(.failure(.timedOut), for: "a", now: at(13))
        #expect(cache.next(now: at(13)) == .wait(until: at(14)))
    }

    @Test func `very many failures do not overflow the pause`() {
        var cache = resolving()
        for _ in 0..<200 { _ = cache.received(.failure(.timedOut), for: "a", now: start) }
        #expect(cache.next(now: start) == .wait(until: at(30)))
    }

    @Test func `names that stay are left alone, dropped ones forgotten`() {
        var cache = resolving()
        _ = cache.received(success(one, ttl: 10), for: "a", now: start)
        cache.use(["a", "b"], now: at(1))
        #expect(cache.next(now: at(1)) == .resolve("b"))
        #expect(cache.next(now: at(1)) == .wait(until: at(8)))
        cache.use(["b"], now: at(2))
        #expect(cache.addresses(of: "a").isEmpty)
        #expect(cache.next(now: at(1000)) == .idle)
        #expect(cache.received(success(two, ttl: 10), for: "a", now: at(3)) == nil)
        #expect(cache.next(now: at(1000)) == .idle)
    }

    @Test func `a name that comes back is new`() {
        var cache = resolving()
        _ = cache.received(success(one, ttl: 3600), for: "a", now: start)
        cache.use([], now: at(1))
        cache.use(["a"], now: at(2))
        #expect(cache.next(now: at(2)) == .resolve("a"))
        #expect(cache.received(success(one, ttl: 10), for: "a", now: at(2)) == [one])
    }

    @Test func `names come in the order in which they are due`() {
        var cache = NameCache()
        cache.use(["a", "b", "c"], now: start)
        for name in ["a", "b", "c"] { #expect(cache.next(now: start) == .resolve(name)) }
        _ = cache.received(success(one, ttl: 30), for: "a", now: start)
        _ = cache.received(success(one, ttl: 10), for: "b", now: start)
        _ = cache.received(success(one, ttl: 20), for: "c", now: start)
        #expect(cache.next(now: start) == .wait(until: at(8)))
        for name in ["b", "c", "a"] { #expect(cache.next(now: at(60)) == .resolve(name)) }
    }
}
