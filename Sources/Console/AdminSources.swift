/// Where the admin server takes its answers from. The closures are called for each request, outside the event loop,
/// possibly several at once.
package struct AdminSources: Sendable {
    /// The metrics in Prometheus text format 0.0.4.
    package var metrics: @Sendable () async -> [UInt8]
    package var readiness: @Sendable () async -> Readiness
    /// A JSON text: the objects with their conditions.
    package var status: @Sendable () async -> [UInt8]
    /// What becomes of a request.
    package var explain: @Sendable (ExplainQuery) async -> ExplainAnswer

    package init(
        metrics: @escaping @Sendable () async -> [UInt8],
        readiness: @escaping @Sendable () async -> Readiness,
        status: @escaping @Sendable () async -> [UInt8],
        explain: @escaping @Sendable (ExplainQuery) async -> ExplainAnswer
    ) {
        self.metrics = metrics
        self.readiness = readiness
        self.status = status
        self.explain = explain
    }
}

/// Whether traffic should be sent to this process.
package enum Readiness: Sendable, Hashable {
    case ready
    /// One line that says what is waited for.
    case notReady(reason: String)
}
