import Routing
import Testing

@Suite struct MatchTraceTests {
    @Test(arguments: 0..<20)
    func `the first candidate without failures is the one that matching finds`(_ block: Int) {
        var answered = 0
        for seed in UInt64(block * 50)..<UInt64(block * 50 + 50) {
            var random = RandomConfiguration(seed: seed)
            let configuration = random.configuration()
            let table = RoutingTable(configuration)
            for _ in 0..<30 {
                let request = random.request()
                for port in configuration.ports.indices {
                    let outcome = table.match(request, port: port)
                    let trace = request.withView { table.trace(port: port, request: $0) }
                    let winner = trace.winner.map { trace.candidates[$0] }
                    #expect(trace.listener == Int(outcome.listener), "seed \(seed): \(request)")
                    #expect(winner?.route == outcome.rule.map { Int($0.pointee.route) }, "seed \(seed): \(request)")
                    #expect(winner?.rule == outcome.rule.map { Int($0.pointee.index) }, "seed \(seed): \(request)")
                    #expect(trace.prefixLength == Int(outcome.prefixLength), "seed \(seed): \(request)")
                    let pattern = winner.map { trace.hostnames[$0.hostname].pattern } ?? trace.hostnames.first?.pattern
                    if outcome.listener >= 0 {
                        #expect(pattern == table.targets[Int(outcome.target)].hostname, "seed \(seed): \(request)")
                    }
                    if winner != nil { answered += 1 }
                }
            }
        }
        #expect(answered > 200)
    }

    @Test func `every candidate of the port is there, with what failed`() {
        let table = RoutingTable(
            configuration([
                TestListener(
                    "any", .any,
                    [
                        TestRoute(
                            "a",
                            [
                                rule("exact", [exact("/x")]),
                                rule(
                                    "many",
                                    [
                                        RequestMatch(
                                            path: .prefix("/x"), method: "POST", headers: [header("H", "1")],
                                            queryParameters: [parameter("q", "1")])
                                    ]),
                                rule("two", [prefix("/y"), prefix("/")]),
                            ]),
                        TestRoute("b", hostnames: [host("other.com")], [rule("other")]),
                    ])
            ]))
        let trace = TestRequest("/x/y?q=2").withView { table.trace(port: 0, request: $0) }
        let failures = trace.candidates.map(\.failures)
        #expect(trace.hostnames.map(\.pattern) == ["*", "other.com"])
        #expect(trace.hostnames.map(\.isTried) == [true, false])
        #expect(
            failures == [[.path], [.method, .header("h"), .queryParameter("q")], [.path], [], [.hostname]])
        #expect(trace.candidates.map(\.match) == [0, 0, 0, 1, 0])
        #expect(trace.winner == 3)
    }

    @Test func `an expression that does not match fails for the path`() throws {
        let table = table([rule("r", [try expression("/x/[0-9]+")])])
        let trace = TestRequest("/x/y").withView { table.trace(port: 0, request: $0) }
        #expect(trace.winner == nil)
        #expect(trace.candidates.map(\.failures) == [[.path]])
    }

    @Test func `a host that no listener takes has candidates that fail for the hostname`() {
        let table = RoutingTable(
            configuration([TestListener("l", host("*.example.com"), [TestRoute("r", [rule("r")])])]))
        let trace = TestRequest("/", host: "example.org").withView { table.trace(port: 0, request: $0) }
        #expect(trace.listener == -1)
        #expect(trace.candidates.map(\.failures) == [[.hostname]])
    }

    @Test func `candidates of the other kind of route fail for it`() {
        let table = table([
            TestRoute("g", kind: .grpc, [rule("1", [rpc("S", "M"), rpc("S", nil), rpc("T", nil)])]),
            TestRoute("http", [rule("1")]),
        ])
        let rpc = TestRequest("/S/N", method: "POST", headers: [("content-type", "application/grpc")])
            .withView { table.trace(port: 0, request: $0) }
        #expect(rpc.candidates.map(\.failures) == [[.path], [], [.path], [.kind]])
        #expect(rpc.winner == 1)
        let http = TestRequest("/S/M").withView { table.trace(port: 0, request: $0) }
        #expect(http.candidates.map(\.failures) == [[], [.kind], [.kind], [.kind, .path]])
        #expect(http.winner == 0)
    }
}
