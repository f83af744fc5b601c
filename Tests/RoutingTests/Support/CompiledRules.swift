import Routing
import Testing

/// A table with one rule, which takes every request.
struct SingleRule {
    let table: RoutingTable
    let rule: UnsafePointer<CompiledRule>

    init(
        filters: RuleFilters = RuleFilters(), timeouts: RuleTimeouts = RuleTimeouts(), retry: RetryPolicy? = nil,
        action: RuleAction = .respond(status: 200), backends: [BackendID] = []
    ) throws {
        let rule = RuleConfiguration(
            index: 0, matches: [RequestMatch()], filters: filters, timeouts: timeouts, retry: retry, action: action)
        table = RoutingTable(
            configuration(
                [TestListener("listener", .any, [TestRoute("r", [rule])])],
                backends: backends.map { BackendConfiguration(id: $0, endpoints: []) }))
        self.rule = try #require(table.match(TestRequest("/")).rule)
    }

    /// What the rule has beyond ordinary ones; the test fails without.
    func extras() throws -> CompiledExtras { try #require(rule.pointee.extras).pointee }
}

func backendID(_ name: String) -> BackendID {
    BackendID(service: ObjectName(namespace: "ns", name: name), port: 80)
}

func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
