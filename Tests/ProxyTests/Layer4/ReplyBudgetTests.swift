import Testing

@testable import Proxy

@Suite struct ReplyBudgetTests {
    private func taken(_ budget: inout ReplyBudget, of count: Int, length: Int = 100) -> Int {
        (0..<count).reduce(0) { sum, _ in sum + (budget.take(length) ? 1 : 0) }
    }

    @Test func `nothing comes to a client that has not asked`() {
        var budget = ReplyBudget()
        #expect(taken(&budget, of: 10) == 0)
    }

    @Test func `a first question buys a few replies, and no more than 64 KiB`() {
        var budget = ReplyBudget()
        budget.clientSent(1)
        #expect(taken(&budget, of: 1000) == 16)
        var large = ReplyBudget()
        large.clientSent(1)
        #expect(taken(&large, of: 10, length: 30_000) == 2)
        var largest = ReplyBudget()
        largest.clientSent(1)
        #expect(taken(&largest, of: 1, length: 65_507) == 1)
    }

    @Test func `every question of many counts`() {
        var budget = ReplyBudget()
        budget.clientSent(32)
        #expect(taken(&budget, of: 1000) == 512)
        // Without a reply in between nothing is proven however many there are.
        var flood = ReplyBudget()
        for _ in 0..<100_000 { flood.clientSent(32) }
        #expect(taken(&flood, of: 100_000, length: 65_507) == 16)
    }

    @Test func `a client that goes on after a reply gets a stream`() {
        var budget = ReplyBudget()
        budget.clientSent(1)
        #expect(taken(&budget, of: 1) == 1)
        budget.clientSent(1)
        #expect(taken(&budget, of: 10_000, length: 60_000) == 4096)
        budget.clientSent(1)
        #expect(taken(&budget, of: 10_000) == 4096)
    }
}
