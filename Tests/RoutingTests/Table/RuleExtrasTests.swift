import Routing
import Testing

@Suite struct RuleExtrasTests {
    @Test func `an ordinary rule has nothing of it`() throws {
        let filters = RuleFilters(requestHeaders: HeaderModifier(remove: ["a"]), rewrite: URLRewrite(hostname: "b.c"))
        let forward = RuleAction.forward([WeightedBackend(destination: .backend(backendID("a")))])
        let rule = try SingleRule(filters: filters, action: forward, backends: [backendID("a")])
        #expect(rule.rule.pointee.extras == nil)
        let backend = try #require(rule.rule.pointee.backends.first)
        #expect(backend.session == -1)
    }

    @Test func `timeouts are in nanoseconds, 0 without`() throws {
        let one = try SingleRule(timeouts: RuleTimeouts(request: .milliseconds(1500))).extras()
        #expect(one.requestTimeout == 1_500_000_000 && one.backendRequestTimeout == 0 && !one.retry.isPresent)
        let other = try SingleRule(timeouts: RuleTimeouts(backendRequest: .seconds(Int64.max))).extras()
        #expect(other.requestTimeout == 0 && other.backendRequestTimeout == .max)
    }

    @Test func `retry knows its statuses`() throws {
        let retry = RetryPolicy(codes: [400, 463, 464, 500, 503, 599], attempts: 3, backoff: .milliseconds(100))
        let compiled = try SingleRule(retry: retry).extras().retry
        #expect(compiled.isPresent && compiled.attempts == 3 && compiled.backoff == 100_000_000)
        for status: UInt16 in 0...1000 {
            #expect(compiled.retries(status: status) == retry.codes.contains(status))
        }
    }

    @Test func `retry without codes is there and retries on no status`() throws {
        let compiled = try SingleRule(retry: RetryPolicy()).extras().retry
        #expect(compiled.isPresent && compiled.attempts == RetryPolicy.defaultAttempts)
        #expect(!(UInt16.min...UInt16.max).contains { compiled.retries(status: $0) })
    }

    @Test(arguments: [
        RuleFilters(mirrors: [RequestMirror(backend: backendID("b"))]), RuleFilters(cors: CORSPolicy()),
        RuleFilters(externalAuth: ExternalAuth(backend: backendID("b"))),
    ])
    func `a filter that only rules have makes a backend invalid`(_ filters: RuleFilters) throws {
        let rule = try SingleRule(
            action: .forward([
                WeightedBackend(destination: .backend(backendID("a")), filters: filters),
                WeightedBackend(destination: .backend(backendID("a"))),
            ]), backends: [backendID("a"), backendID("b")])
        #expect(rule.rule.pointee.backends.map(\.backendIndex) == [-1, 0])
        #expect(rule.rule.pointee.extras == nil)
    }
}
