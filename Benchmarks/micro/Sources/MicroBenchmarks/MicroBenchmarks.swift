/// Prints one line a figure, `name<tab>value<tab>unit`, for people and for `versus.py`. Arguments choose among `match`,
/// `reconcile` and `table`.
@main
struct MicroBenchmarks {
    static func main() {
        let chosen = CommandLine.arguments.dropFirst()
        func isChosen(_ name: String) -> Bool { chosen.isEmpty || chosen.contains(name) }
        if isChosen("match") {
            for count in [10, 1_000, 10_000] {
                report("match, \(count) routes", matchNanoseconds(routes: count), "ns")
            }
        }
        if isChosen("reconcile") { reportReconcile(routes: 10_000) }
        if isChosen("table") { reportTable(routes: 10_000) }
    }
}

func report(_ name: String, _ value: Double, _ unit: String) {
    let hundredths = Int(value * 100 + 0.5)
    print("\(name)\t\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)\t\(unit)")
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted[sorted.count / 2]
}

/// Nanoseconds that `body` takes.
func nanoseconds(_ body: () -> Void) -> Double {
    let duration = ContinuousClock().measure(body)
    return Double(duration.components.seconds) * 1e9 + Double(duration.components.attoseconds) / 1e9
}
