import Routing
import Telemetry

/// A route as one listener sees it, on one event loop: who gets the next connection or flow, and where it is counted.
final class StreamTarget {
    struct Share {
        var weight: UInt64
        /// Position in `LoopTable.backends`; nil for a backendRef that cannot be used.
        var backend: Int?
        var id: BackendID?
    }

    private let labels: StreamLabels
    private let metrics: StreamMetrics
    private(set) lazy var series = metrics.series(for: labels)
    private let shares: ContiguousArray<Share>
    private let total: UInt64
    /// Where the last choice fell on a circle of 2^64 points that the shares divide among them.
    private var position: UInt64

    /// A fraction of the circle that is the golden ratio: steps of this size fall evenly into all its arcs at any time,
    /// which independent random points do not.
    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(shares: ContiguousArray<Share>, labels: StreamLabels, metrics: StreamMetrics, seed: UInt64) {
        self.shares = ContiguousArray(shares.lazy.filter { $0.weight > 0 })
        self.labels = labels
        self.metrics = metrics
        total = shares.reduce(0) { $0 + $1.weight }
        position = seed
    }

    /// The backend for the next connection; nil when it is to be refused.
    func nextBackend() -> Int? {
        guard total > 0 else { return nil }
        position &+= Self.step
        var rest = position.multipliedFullWidth(by: total).high
        for share in shares {
            if rest < share.weight { return share.backend }
            rest -= share.weight
        }
        return nil
    }

    /// Why `nextBackend` finds none.
    var refusal: StreamRefusal { labels.route.isEmpty ? .noRoute : .noBackend }

    /// Whether flows may still go to this backend.
    func hasBackend(_ id: BackendID) -> Bool {
        shares.contains { $0.id == id }
    }
}
