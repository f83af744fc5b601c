package import Routing

/// All request metrics of one event loop.
///
/// Series appear with the first request of a target and leave with the route: `retain` keeps those of targets that the
/// current table has. Confined to its loop.
package final class RequestMetrics {
    /// Prometheus time series that one target may cost at least: 15 buckets, sum, count, one counter.
    private static let seriesPerTarget = 18

    private var seriesByTarget: [TargetInfo: RequestSeries] = [:]
    private let overflow = RequestSeries()
    private var overflowUsed = false
    private let targetLimit: Int

    /// - Parameter seriesLimit: how many time series may exist (default 50,000). Targets beyond it are counted together
    ///   in one series whose labels read `_overflow`.
    package init(seriesLimit: Int) {
        targetLimit = max(1, seriesLimit / Self.seriesPerTarget)
    }

    /// Drops the series of every target that is not in `targets`.
    package func retain(_ targets: Set<TargetInfo>) {
        seriesByTarget = seriesByTarget.filter { targets.contains($0.key) }
    }

    /// The series of a target, made on first use.
    package func series(for target: TargetInfo) -> RequestSeries {
        if let series = seriesByTarget[target] { return series }
        guard seriesByTarget.count < targetLimit else {
            overflowUsed = true
            return overflow
        }
        let series = RequestSeries()
        seriesByTarget[target] = series
        return series
    }

    package func snapshot() -> RequestMetricsSnapshot {
        RequestMetricsSnapshot(
            series: seriesByTarget.mapValues { $0.snapshot() }, overflow: overflowUsed ? overflow.snapshot() : nil)
    }
}

/// The request metrics of one loop, or the sum over several.
package struct RequestMetricsSnapshot: Sendable {
    package var series: [TargetInfo: RequestSeries.Snapshot]
    package var overflow: RequestSeries.Snapshot?

    package init(series: [TargetInfo: RequestSeries.Snapshot] = [:], overflow: RequestSeries.Snapshot? = nil) {
        self.series = series
        self.overflow = overflow
    }

    package mutating func add(_ other: RequestMetricsSnapshot) {
        series.merge(other.series) { mine, theirs in
            var sum = mine
            sum.add(theirs)
            return sum
        }
        if let theirs = other.overflow {
            overflow?.add(theirs)
            if overflow == nil { overflow = theirs }
        }
    }
}
