import Testing
import Upstream

@testable import Proxy

@Suite struct EndpointChoiceTests {
    private func endpoint(_ last: Int) throws -> EndpointPool {
        EndpointPool(address: try #require(SocketAddress("10.0.0.\(last)", port: 80)))
    }

    @Test func `the less loaded of two endpoints is taken`() throws {
        let busy = try endpoint(1)
        let free = try endpoint(2)
        busy.requestsInFlight = 5
        let pool = BackendPool(ready: [busy, free], terminating: [])
        for seed in UInt64(0)..<200 {
            #expect(pool.pick(random: seed &* 0x9E37_79B9_7F4A_7C15, now: 0) === free)
        }
    }

    @Test func `terminating endpoints serve only when none is ready`() throws {
        let ready = try endpoint(1)
        let leaving = try endpoint(2)
        #expect(BackendPool(ready: [ready], terminating: [leaving]).pick(random: 7, now: 0) === ready)
        #expect(BackendPool(ready: [], terminating: [leaving]).pick(random: 7, now: 0) === leaving)
        #expect(BackendPool(ready: [], terminating: []).pick(random: 7, now: 0) == nil)
    }

    @Test func `an endpoint that refused a connection is left alone while there are others`() throws {
        let dead = try endpoint(1)
        let alive = try endpoint(2)
        dead.health.connectFailed(now: 0)
        let pool = BackendPool(ready: [dead, alive], terminating: [])
        for seed in UInt64(0)..<50 { #expect(pool.pick(random: seed << 31, now: 500_000_000) === alive) }
        let picks = (UInt64(0)..<50).map { pool.pick(random: $0 &* 0x9E37_79B9_7F4A_7C15, now: 1_500_000_000) }
        #expect(picks.contains { $0 === dead })
    }

    @Test func `the only endpoint is tried however often it failed`() throws {
        let only = try endpoint(1)
        only.health.connectFailed(now: 0)
        #expect(BackendPool(ready: [only], terminating: []).pick(random: 1, now: 1) === only)
    }

    @Test func `after a failure another endpoint is chosen`() throws {
        let endpoints = try (1...3).map(endpoint)
        let pool = BackendPool(ready: ContiguousArray(endpoints), terminating: [])
        for seed in UInt64(0)..<100 {
            let next = pool.pick(random: seed &* 0x9E37_79B9_7F4A_7C15, now: 0, excluding: endpoints[0])
            #expect(next !== endpoints[0])
        }
    }
}
