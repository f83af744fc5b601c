package import HTTPSemantics

/// The request metrics of one target (gateway, listener, route, rule, hostname pattern) on one event loop: a latency
/// histogram and a counter for each method and response code seen.
///
/// Confined to its loop: recording is a few plain additions.
package final class RequestSeries {
    /// Upper bounds in nanoseconds: OpenTelemetry's buckets for `http.server.request.duration`.
    package static let bucketBounds: [UInt64] = bucketBoundsInMilliseconds.map { $0 * 1_000_000 }
    static let bucketBoundsInMilliseconds: [UInt64] = [
        5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000,
    ]
    /// Combinations of method and code kept apart; later ones are counted under code 0, shown as `_OTHER`. An upstream
    /// may answer with any number, and series must not grow with it.
    static let maximumCodes = 64

    package struct Code: Sendable, BitwiseCopyable {
        package var method: RequestMethod
        package var status: UInt16
        package var count: UInt64
    }

    /// Upper bounds in nanoseconds as the hot path reads them; shared by all series.
    private static let bounds: InlineArray<14, UInt64> = InlineArray { bucketBounds[$0] }

    // In the order of use, so that a request touches one or two cache lines: with many routes every series is cold.
    /// The combination that was seen first, which is nearly always the only one.
    private var firstCode = Code(method: .other, status: 0, count: 0)
    private var durationSum: UInt64 = 0
    private var buckets = InlineArray<15, UInt64>(repeating: 0)
    private var otherCodes: ContiguousArray<Code> = []
    /// By status of gRPC, the last for those that gRPC does not name; empty before the first.
    private var grpcStatuses: ContiguousArray<UInt64> = []

    package init() {}

    /// Counts one finished request. `duration` is in nanoseconds, from the complete request head to the end of the
    /// response.
    package func record(method: RequestMethod, status: UInt16, duration: UInt64) {
        durationSum &+= duration
        var bucket = 0
        // Nearly every request is in the first bucket.
        if duration > Self.firstBound {
            bucket = 1
            while bucket < 14, duration > Self.bounds[bucket] { bucket += 1 }
        }
        buckets[bucket] &+= 1
        if firstCode.status == status, firstCode.method.rawValue == method.rawValue {
            firstCode.count &+= 1
        } else {
            recordOther(method: method, status: status)
        }
    }

    /// Counts the status that one gRPC request ended with, besides `record`.
    package func recordGRPC(status: UInt8) {
        if grpcStatuses.isEmpty { grpcStatuses = ContiguousArray(repeating: 0, count: Self.grpcStatusCount + 1) }
        grpcStatuses[min(Int(status), Self.grpcStatusCount)] &+= 1
    }

    /// `OK` to `UNAUTHENTICATED`.
    static let grpcStatusCount = 17

    private static var firstBound: UInt64 { 5_000_000 }

    private func recordOther(method: RequestMethod, status: UInt16) {
        if firstCode.count == 0 {
            firstCode = Code(method: method, status: status, count: 1)
        } else if let index = otherCodes.firstIndex(where: { $0.status == status && $0.method == method }) {
            otherCodes[index].count &+= 1
        } else if otherCodes.count + 1 < Self.maximumCodes {
            otherCodes.append(Code(method: method, status: status, count: 1))
        } else if let index = otherCodes.firstIndex(where: { $0.status == 0 }) {
            otherCodes[index].count &+= 1
        } else {
            otherCodes.append(Code(method: .other, status: 0, count: 1))
        }
    }

    /// What one series holds at one moment, to be added up over the loops.
    package struct Snapshot: Sendable {
        package var codes: [Code]
        /// Not cumulative; one more than there are bounds.
        package var buckets: [UInt64]
        /// Nanoseconds.
        package var durationSum: UInt64
        /// By status of gRPC, the last for those that gRPC does not name; empty where no gRPC was spoken.
        package var grpcStatuses: [UInt64] = []

        package mutating func add(_ other: Snapshot) {
            durationSum &+= other.durationSum
            for index in buckets.indices { buckets[index] &+= other.buckets[index] }
            if grpcStatuses.isEmpty {
                grpcStatuses = other.grpcStatuses
            } else {
                for (index, count) in other.grpcStatuses.enumerated() { grpcStatuses[index] &+= count }
            }
            for code in other.codes {
                if let index = codes.firstIndex(where: { $0.status == code.status && $0.method == code.method }) {
                    codes[index].count &+= code.count
                } else {
                    codes.append(code)
                }
            }
        }
    }

    package func snapshot() -> Snapshot {
        Snapshot(
            codes: (firstCode.count > 0 ? [firstCode] : []) + otherCodes, buckets: buckets.indices.map { buckets[$0] },
            durationSum: durationSum, grpcStatuses: Array(grpcStatuses))
    }
}
