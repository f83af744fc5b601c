import Routing
import Testing

@Suite struct DifferentialTests {
    @Test(arguments: 0..<20)
    func `the table answers like a look at every match of every route`(_ block: Int) {
        var answered = 0
        for seed in UInt64(block * 50)..<UInt64(block * 50 + 50) {
            var random = RandomConfiguration(seed: seed)
            let configuration = random.configuration()
            answered += compare(RoutingTable(configuration), configuration, &random, seed: seed)
        }
        // Otherwise the configurations would be too poor to say anything.
        #expect(answered > 200)
    }

    @Test(arguments: 0..<10)
    func `a table that takes over parts of another answers the same`(_ block: Int) {
        for seed in UInt64(block * 6)..<UInt64(block * 6 + 6) {
            var random = RandomConfiguration(seed: seed)
            var configuration = random.configuration()
            var table = RoutingTable(configuration)
            for step in 0..<8 {
                let other = random.configuration()
                change(&configuration, with: other, step: step)
                let targets = table.targets
                let next = RoutingTable(configuration, reusing: table)
                #expect(next.hasSameTargets(as: table) == (next.targets == targets))
                #expect(next.targets.count == next.targetCount)
                #expect((0..<next.targetCount).map(next.target) == next.targets)
                table = next
                _ = compare(table, configuration, &random, seed: seed)
            }
        }
    }

    /// One of the differences that a change of the objects makes.
    private func change(_ configuration: inout RoutingConfiguration, with other: RoutingConfiguration, step: Int) {
        guard !configuration.routes.isEmpty, !configuration.ports.isEmpty else { return configuration = other }
        let (route, port) = (step % configuration.routes.count, step % configuration.ports.count)
        switch step % 8 {
        case 0, 4:
            if let first = other.routes.first {
                configuration.routes[route].kind = first.kind
                configuration.routes[route].rules = first.rules
            }
        case 1: configuration.ports[port].listeners.reverse()
        case 2:
            if !configuration.ports[port].listeners.isEmpty {
                configuration.ports[port].listeners[0].id.listener += "-renamed"
            }
        case 3:
            for listener in configuration.ports[port].listeners.indices {
                configuration.ports[port].listeners[listener].routes = Array(
                    configuration.ports[port].listeners[listener].routes.dropLast())
            }
        case 5: configuration.ports.reverse()
        case 6: configuration.backends.reverse()
        default: configuration.routes[route].name.name += "-renamed"
        }
    }

    /// - Returns: how many requests a rule took.
    private func compare(
        _ table: RoutingTable, _ configuration: RoutingConfiguration, _ random: inout RandomConfiguration, seed: UInt64
    ) -> Int {
        var answered = 0
        let reference = ReferenceMatcher(configuration: configuration)
        for _ in 0..<30 {
            let request = random.request()
            for port in configuration.ports.indices {
                let expected = reference.match(request, port: port)
                let outcome = table.match(request, port: port)
                let target = table.target(Int(outcome.target))
                let answer = ReferenceMatcher.Answer(
                    listener: Int(outcome.listener), route: outcome.rule.map { Int($0.pointee.route) },
                    rule: outcome.rule.map { Int($0.pointee.index) }, prefixLength: Int(outcome.prefixLength),
                    hostname: target.hostname)
                #expect(answer == expected, "seed \(seed): \(request)")
                #expect(target.route == expected.route.map { configuration.routes[$0].name.description } ?? "")
                #expect(target.rule == expected.rule.map { "\($0)" } ?? "")
                if expected.rule != nil { answered += 1 }
            }
        }
        return answered
    }
}
