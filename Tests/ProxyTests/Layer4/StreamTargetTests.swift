import Telemetry
import Testing

@testable import Proxy

@Suite struct StreamTargetTests {
    private func counts(_ weights: [UInt64], choices: Int, seed: UInt64) -> [Int?: Int] {
        let target = StreamTarget(
            shares: .init(weights.enumerated().map { .init(weight: $1, backend: $0, id: nil) }),
            labels: StreamLabels(protocol: "TCP", gateway: "", listener: "", route: ""), metrics: StreamMetrics(),
            seed: seed)
        return (0..<choices).reduce(into: [:]) { counts, _ in counts[target.nextBackend(), default: 0] += 1 }
    }

    @Test(arguments: 0..<50)
    func `choices are even at any time`(run: UInt64) {
        let counts = counts([70, 30, 0], choices: 500, seed: run &* 0x1234_5678_9abc_def1)
        #expect(abs((counts[0] ?? 0) - 350) <= 3)
        #expect(abs((counts[1] ?? 0) - 150) <= 3)
        #expect(counts[2] == nil)
    }

    @Test func `the greatest weights keep their shares`() {
        let counts = counts([UInt64](repeating: 1_000_000, count: 16), choices: 1600, seed: 9)
        for backend in 0..<16 { #expect(abs((counts[backend] ?? 0) - 100) <= 4) }
    }

    @Test func `nobody is chosen when all weights are 0`() {
        #expect(counts([0, 0], choices: 10, seed: 1) == [nil: 10])
        #expect(counts([], choices: 10, seed: 1) == [nil: 10])
    }
}
