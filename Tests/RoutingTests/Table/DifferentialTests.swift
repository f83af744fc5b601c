import Routing
import Testing

@Suite struct DifferentialTests {
    @Test(arguments: 0..<20)
    func `the table answers like a look at every match of every route`(_ block: Int) {
        var answered = 0
        for seed in UInt64(block * 50)..<UInt64(block * 50 + 50) {
            var random = RandomConfiguration(seed: seed)
            let configuration = random.configuration()
            let reference = ReferenceMatcher(configuration: configuration)
            let table = RoutingTable(configuration)
            for _ in 0..<30 {
                let request = random.request()
                for port in configuration.ports.indices {
                    let expected = reference.match(request, port: port)
                    let outcome = table.match(request, port: port)
                    let target = table.targets[Int(outcome.target)]
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
        }
        // Otherwise the configurations would be too poor to say anything.
        #expect(answered > 200)
    }
}
