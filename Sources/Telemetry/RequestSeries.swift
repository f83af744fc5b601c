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

    private(set) var codes: ContiguousArray<Code> = []
    private let buckets: UnsafeMutablePointer<UInt64>
    private let bounds: UnsafeMutablePointer<UInt64>
    private var durationSum: UInt64 = 0

    package init() {
        let count = Self.bucketBounds.count
        buckets = .allocate(capacity: count + 1)
        buckets.initialize(repeating: 0, count: count + 1)
        bounds = .allocate(capacity: count)
        bounds.initialize(from: Self.bucketBounds, count: count)
        codes.reserveCapacity(2)
    }

    deinit {
        buckets.deallocate()
        bounds.deallocate()
    }

    /// Counts one finished request. `duration` is in nanoseconds, from the complete request head to the end of the
    /// response.
    package func record(method: RequestMethod, status: UInt16, duration: UInt64) {
        durationSum &+= duration
        var bucket = 0
        while bucket < 14, duration > bounds[bucket] { bucket += 1 }
        buckets[bucket] &+= 1
        for index in codes.indices where codes[index].status == status && codes[index].method == method {
            codes[index].count &+= 1
            return
        }
        recordFirst(method: method, status: status)
    }

    private func recordFirst(method: RequestMethod, status: UInt16) {
        if codes.count < Self.maximumCodes {
            codes.append(Code(method: method, status: status, count: 1))
        } else if let index = codes.firstIndex(where: { $0.status == 0 }) {
            codes[index].count &+= 1
        } else {
            codes.append(Code(method: .other, status: 0, count: 1))
        }
    }

    /// What one series holds at one moment, to be added up over the loops.
    package struct Snapshot: Sendable {
        package var codes: [Code]
        /// Not cumulative; one more than there are bounds.
        package var buckets: [UInt64]
        /// Nanoseconds.
        package var durationSum: UInt64

        package mutating func add(_ other: Snapshot) {
            durationSum &+= other.durationSum
            for index in buckets.indices { buckets[index] &+= other.buckets[index] }
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
            codes: Array(codes),
            buckets: Array(UnsafeBufferPointer(start: buckets, count: Self.bucketBounds.count + 1)),
            durationSum: durationSum)
    }
}
