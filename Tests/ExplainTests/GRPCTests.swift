import Explain
import Routing
import Testing

@Suite struct GRPCTests {
    private func configuration(_ rules: [RuleConfiguration]) -> RoutingConfiguration {
        var configuration = ExplainTests.configuration(rules)
        configuration.routes[0].kind = .grpc
        configuration.routes.append(RouteConfiguration(name: name("web"), rules: [rule(to: [weighted(1, "b")])]))
        configuration.ports[0].listeners[0].routes.append(AttachedRoute(route: 1, hostnames: [.any]))
        return configuration
    }

    private func rpc(_ service: String, _ method: String?) -> RequestMatch {
        RequestMatch(path: .rpc(.exact(service: service, method: method)))
    }

    private func call(_ path: String, _ rules: [RuleConfiguration]) throws -> Explanation {
        try explain(
            configuration(rules), "http://shop.example.com\(path)", method: "POST",
            headers: [("content-type", "application/grpc")])
    }

    @Test func `a call goes to the rule for its service and method`() throws {
        let explanation = try call(
            "/shop.Cart/Add",
            [
                rule(0, [rpc("shop.Cart", nil)], to: [weighted(1, "b")]),
                rule(1, [rpc("shop.Cart", "Add")], to: [weighted(1, "a")]),
            ])
        #expect(explanation.verdict.outcome == .forwarded)
        #expect(explanation.rule?.kind == "GRPCRoute")
        #expect(explanation.rule?.index == 1)
        #expect(explanation.candidates.map(\.reason).prefix(2) == ["", "fewer characters in the method"])
        #expect(ExplanationText.render(explanation).contains("by GRPCRoute ns/route rule 1"))
    }

    @Test func `a call that no rule takes is UNIMPLEMENTED, though an HTTPRoute is there`() throws {
        let explanation = try call("/shop.Cart/Add", [rule(0, [rpc("shop.Stock", nil)], to: [weighted(1, "a")])])
        #expect(explanation.verdict.reason == .noRule)
        #expect(explanation.verdict.status == 200)
        #expect(explanation.verdict.grpcStatus == 12)
        #expect(explanation.verdict.message == "No rule takes the request. The call ends with UNIMPLEMENTED.")
        let reasons = explanation.closest.map(\.reason)
        #expect(reasons.contains("the request is gRPC, and there is a GRPCRoute for the host"))
        #expect(reasons.contains("the RPC is not of service shop.Stock"))
    }

    @Test func `a call without a backend is UNAVAILABLE`() throws {
        let explanation = try call(
            "/S/M", [RuleConfiguration(index: 0, matches: [rpc("S", nil)], action: .respond(status: 500))])
        #expect(explanation.verdict.grpcStatus == 14)
        #expect(explanation.verdict.message.hasSuffix("are refused. The call ends with UNAVAILABLE."))
    }

    @Test func `a request that is not gRPC passes the GRPCRoute by`() throws {
        let explanation = try explain(configuration([rule(0, [rpc("S", nil)], to: [weighted(1, "a")])]), "http://a/S/M")
        #expect(explanation.rule?.route == "ns/web")
        #expect(explanation.candidates.contains { $0.failed.first == "kind" })
    }
}
