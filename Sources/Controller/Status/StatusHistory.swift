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
        let previous = document
        document.gatewayClasses = statuses.gatewayClasses.map { entry in
            var entry = entry
            let old = previous.gatewayClasses.first { $0.key == entry.key }?.status.conditions ?? []
            entry.status.conditions = Self.timed(entry.status.conditions, since: old, now: time)
            return entry
        }
        let oldGateways = Dictionary(previous.gateways.map { ($0.key, $0.status) }, uniquingKeysWith: { $1 })
        document.gateways = statuses.gateways.map { entry in
            var entry = entry
            let old = oldGateways[entry.key]
            entry.status.conditions = Self.timed(entry.status.conditions, since: old?.conditions ?? [], now: time)
            for index in entry.status.listeners.indices {
                let listener = old?.listeners.first { $0.name == entry.status.listeners[index].name }
                entry.status.listeners[index].conditions = Self.timed(
                    entry.status.listeners[index].conditions, since: listener?.conditions ?? [], now: time)
            }
            return entry
        }
        let oldRoutes = Dictionary(previous.httpRoutes.map { ($0.key, $0.status) }, uniquingKeysWith: { $1 })
        document.httpRoutes = statuses.httpRoutes.map { entry in
            var entry = entry
            for index in entry.status.parents.indices {
                let parent = entry.status.parents[index]
                let old = oldRoutes[entry.key]?.parents.first {
                    $0.parentRef == parent.parentRef && $0.controllerName == parent.controllerName
                }
                entry.status.parents[index].conditions = Self.timed(
                    parent.conditions, since: old?.conditions ?? [], now: time)
            }
            return entry
        }
    }

    /// `lastTransitionTime` moves only when a condition's status changes.
    private static func timed(_ conditions: [Condition], since old: [Condition], now: Timestamp) -> [Condition] {
        conditions.map { condition in
            var condition = condition
            let before = old.first { $0.type == condition.type }
            condition.lastTransitionTime =
                before.flatMap { $0.status == condition.status ? $0.lastTransitionTime : nil } ?? now
            return condition
        }
    }
}

extension Timestamp {
    /// The current second.
    static var now: Timestamp { Timestamp(secondsSince1970: Int64(time(nil))) }
}
