import Routing
import Testing

@Suite struct WeightTests {
    static func id(_ name: String) -> BackendID {
        BackendID(service: ObjectName(namespace: "ns", name: name), port: 80)
    }

    static func compiledRule(
        _ backends: [WeightedBackend], known: [String] = ["a", "b", "c"]
    ) throws -> (RoutingTable, UnsafePointer<CompiledRule>) {
        let table = table(
            [rule("1", action: .forward(backends))],
            backends: known.map { BackendConfiguration(id: id($0), endpoints: []) })
        return (table, try #require(table.match(TestRequest("/")).rule))
    }

    @Test(
        arguments: [
            [70, 30, 0], [1, 1, 1], [0, 0, 5], [0, 1, 0], [1], [1_000_000, 1, 1_000_000], [1, 999_999, 3],
        ] as [[UInt32]])
    func `every backend gets its share of the random numbers exactly`(_ weights: [UInt32]) throws {
        let (table, rule) = try Self.compiledRule(
            weights.enumerated().map {
                WeightedBackend(weight: $1, destination: .backend(Self.id(["a", "b", "c"][$0])))
            })
        withExtendedLifetime(table) {
            #expect(rule.pointee.action == .forward)
            let total = UInt64(weights.reduce(0, +))
            #expect(UInt64(rule.pointee.totalWeight) == total)
            // The numbers at and just before the border of every share.
            var before: UInt64 = 0
            for (index, weight) in weights.enumerated() where weight > 0 {
                let (first, remainder) = total.dividingFullWidth((before, 0))
                let start = remainder == 0 ? first : first + 1
                #expect(rule.pointee.pickBackend(random: start).pointee.backendIndex == Int32(index))
                before += UInt64(weight)
                let (next, rest) = before == total ? (UInt64.max, 1) : total.dividingFullWidth((before, 0))
                let last = rest == 0 ? next - 1 : next
                #expect(rule.pointee.pickBackend(random: last).pointee.backendIndex == Int32(index))
            }
        }
    }

    @Test func `a stream of random numbers is distributed by weight`() throws {
        let (table, rule) = try Self.compiledRule([
            WeightedBackend(weight: 70, destination: .backend(Self.id("a"))),
            WeightedBackend(weight: 30, destination: .backend(Self.id("b"))),
            WeightedBackend(weight: 0, destination: .backend(Self.id("c"))),
        ])
        var generator = SeededGenerator(seed: 42)
        var counts = [0, 0, 0]
        for _ in 0..<10_000 {
            counts[Int(rule.pointee.pickBackend(random: generator.next()).pointee.backendIndex)] += 1
        }
        withExtendedLifetime(table) {}
        #expect((6850...7150).contains(counts[0]))
        #expect(counts[1] == 10_000 - counts[0])
        #expect(counts[2] == 0)
    }

    @Test func `an unusable reference keeps its share`() throws {
        let (table, rule) = try Self.compiledRule([
            WeightedBackend(weight: 1, destination: .invalid),
            WeightedBackend(weight: 1, destination: .backend(Self.id("b"))),
            WeightedBackend(weight: 1, destination: .backend(Self.id("unknown"))),
        ])
        withExtendedLifetime(table) {
            #expect(rule.pointee.backends.map(\.backendIndex) == [-1, 1, -1])
            #expect(rule.pointee.pickBackend(random: 0).pointee.backendIndex == -1)
            #expect(rule.pointee.pickBackend(random: .max / 2).pointee.backendIndex == 1)
            #expect(rule.pointee.pickBackend(random: .max).pointee.backendIndex == -1)
        }
    }

    @Test func `weights that are all zero answer 500`() throws {
        let (table, rule) = try Self.compiledRule([WeightedBackend(weight: 0, destination: .backend(Self.id("a")))])
        withExtendedLifetime(table) {
            #expect(rule.pointee.action == .respond)
            #expect(rule.pointee.status == 500)
        }
    }
}
