import GatewayAPI
import Glibc
import KubernetesTypes
import Reconciler

/// The statuses as published: the reconciler's, with the times at which conditions changed.
struct StatusHistory {
    private(set) var document = StatusDocument()
    /// What `document` was made of.
    private var latest: Statuses?
    private let now: @Sendable () -> Timestamp

    init(now: @escaping @Sendable () -> Timestamp = { Timestamp.now }) {
        self.now = now
    }

    mutating func update(_ statuses: Statuses) {
        let (time, latest) = (now(), latest)
        func merge<Status: MergeableStatus>(
            _ entries: KeyPath<Statuses, [ObjectStatus<Status>]>, into existing: inout [ObjectStatus<Status>]
        ) {
            existing = Self.merge(
                statuses[keyPath: entries], since: latest?[keyPath: entries] ?? [], into: existing, now: time)
        }
        merge(\.gatewayClasses, into: &document.gatewayClasses)
        merge(\.gateways, into: &document.gateways)
        merge(\.listenerSets, into: &document.listenerSets)
        merge(\.httpRoutes, into: &document.httpRoutes)
        merge(\.grpcRoutes, into: &document.grpcRoutes)
        merge(\.tlsRoutes, into: &document.tlsRoutes)
        merge(\.tcpRoutes, into: &document.tcpRoutes)
        merge(\.udpRoutes, into: &document.udpRoutes)
        merge(\.backendTLSPolicies, into: &document.backendTLSPolicies)
        merge(\.xBackendTrafficPolicies, into: &document.xBackendTrafficPolicies)
        merge(\.xBackends, into: &document.xBackends)
        self.latest = statuses
    }

    /// Without a cluster all of it is ours.
    /// - Parameter latest: what `existing` was made of, in the same order.
    private static func merge<Status: MergeableStatus>(
        _ entries: [ObjectStatus<Status>], since latest: [ObjectStatus<Status>],
        into existing: [ObjectStatus<Status>], now: Timestamp
    ) -> [ObjectStatus<Status>] {
        // Mostly both have the same objects in the same order.
        var others: [ObjectKey: Status]?
        func before(_ index: Int, _ key: ObjectKey) -> Status {
            if index < existing.count, existing[index].key == key { return existing[index].status }
            let known = others ?? Dictionary(existing.map { ($0.key, $0.status) }, uniquingKeysWith: { $1 })
            others = known
            return known[key] ?? .empty
        }
        return entries.enumerated().map { index, entry in
            // Thousands of routes are what they were, and the same instance.
            if index < latest.count, index < existing.count, latest[index] == entry { return existing[index] }
            let before = before(index, entry.key)
            return ObjectStatus(
                entry.key, entry.status.merged(into: before, now: now, isOurs: { _ in true }) ?? before)
        }
    }
}

extension Timestamp {
    /// The current second.
    static var now: Timestamp { Timestamp(secondsSince1970: Int64(time(nil))) }
}
