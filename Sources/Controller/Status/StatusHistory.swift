import GatewayAPI
import Glibc
import KubernetesTypes
import Reconciler

/// The statuses as published: the reconciler's, with the times at which conditions changed.
struct StatusHistory {
    private(set) var document = StatusDocument()
    private let now: @Sendable () -> Timestamp

    init(now: @escaping @Sendable () -> Timestamp = { Timestamp.now }) {
        self.now = now
    }

    mutating func update(_ statuses: Statuses) {
        let time = now()
        document.gatewayClasses = Self.merge(statuses.gatewayClasses, into: document.gatewayClasses, now: time)
        document.gateways = Self.merge(statuses.gateways, into: document.gateways, now: time)
        document.listenerSets = Self.merge(statuses.listenerSets, into: document.listenerSets, now: time)
        document.httpRoutes = Self.merge(statuses.httpRoutes, into: document.httpRoutes, now: time)
        document.backendTLSPolicies = Self.merge(
            statuses.backendTLSPolicies, into: document.backendTLSPolicies, now: time)
        document.xBackendTrafficPolicies = Self.merge(
            statuses.xBackendTrafficPolicies, into: document.xBackendTrafficPolicies, now: time)
        document.xBackends = Self.merge(statuses.xBackends, into: document.xBackends, now: time)
    }

    /// Without a cluster all of it is ours.
    private static func merge<Status: MergeableStatus>(
        _ entries: [ObjectStatus<Status>], into existing: [ObjectStatus<Status>], now: Timestamp
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
