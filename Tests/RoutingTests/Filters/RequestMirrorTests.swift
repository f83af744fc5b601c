import Routing
import Testing

@Suite struct RequestMirrorTests {
    static func mirrors(_ mirrors: [RequestMirror]) throws -> (RoutingTable, [CompiledRequestMirror]) {
        let rule = try SingleRule(
            filters: RuleFilters(mirrors: mirrors), backends: ["a", "b", "c"].map(backendID))
        return (rule.table, Array(try rule.extras().filters.mirrors))
    }

    @Test func `each mirror names its backend`() throws {
        let (table, mirrors) = try Self.mirrors(["c", "a", "c"].map { RequestMirror(backend: backendID($0)) })
        withExtendedLifetime(table) { #expect(mirrors.map(\.backendIndex) == [2, 0, 2]) }
    }

    @Test func `a mirror to an unknown backend is left out`() throws {
        let (table, mirrors) = try Self.mirrors(["x", "b"].map { RequestMirror(backend: backendID($0)) })
        withExtendedLifetime(table) { #expect(mirrors.map(\.backendIndex) == [1]) }
    }

    @Test func `nothing and everything are exact`() throws {
        let (_, mirrors) = try Self.mirrors([
            RequestMirror(backend: backendID("a"), numerator: 0),
            RequestMirror(backend: backendID("a"), numerator: 100),
            RequestMirror(backend: backendID("a"), numerator: 7, denominator: 7),
        ])
        for random in [0, 1, UInt64.max / 2, .max] {
            #expect(mirrors.map { $0.takes(random: random) } == [false, true, true])
        }
    }

    @Test(arguments: [(20, 100), (25, 50), (35, 100), (1, 3)] as [(UInt32, UInt32)])
    func `a fraction of the random numbers is taken`(_ numerator: UInt32, _ denominator: UInt32) throws {
        let (_, mirrors) = try Self.mirrors([
            RequestMirror(backend: backendID("a"), numerator: numerator, denominator: denominator)
        ])
        let mirror = try #require(mirrors.first)
        var generator = SeededGenerator(seed: 5)
        let taken = (0..<20_000).count { _ in mirror.takes(random: generator.next()) }
        let expected = 20_000 * Double(numerator) / Double(denominator)
        #expect(abs(Double(taken) - expected) < 300)
    }
}
