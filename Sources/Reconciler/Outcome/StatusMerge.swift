package import GatewayAPI
package import KubernetesTypes

/// The status of a kind, as far as it can be merged with what is there: one write for an object, with all conditions at
/// the object's generation, and none when nothing changes.
package protocol MergeableStatus: Sendable, Hashable {
    /// A status in which nobody has said anything yet.
    static var empty: Self { get }

    /// What to write. nil when there is nothing to write: `existing` says it already, or speaks of a newer generation
    /// than we know.
    /// - Parameters:
    ///   - now: the time for conditions whose status changes.
    ///   - isOurs: whether a controllerName is one of ours.
    func merged(into existing: Self, now: Timestamp, isOurs: (String) -> Bool) -> Self?
}

extension GatewayClassStatus: MergeableStatus {
    package static var empty: Self { Self() }

    package func merged(into existing: Self, now: Timestamp, isOurs: (String) -> Bool) -> Self? {
        let merge = ConditionMerge(
            existing: existing.conditions, ours: conditions,
            owned: Set(GatewayClassConditionType.allCases.map(\.rawValue)), now: now)
        let merged = Self(conditions: merge.conditions, supportedFeatures: supportedFeatures)
        return merge.isStale || merged == existing ? nil : merged
    }
}

extension GatewayStatus: MergeableStatus {
    package static var empty: Self { Self() }

    package func merged(into existing: Self, now: Timestamp, isOurs: (String) -> Bool) -> Self? {
        let merge = ConditionMerge(
            existing: existing.conditions, ours: conditions,
            owned: Set(GatewayConditionType.allCases.map(\.rawValue)), now: now)
        guard !merge.isStale, let listeners = listeners.merged(into: existing.listeners, now: now) else { return nil }
        let merged = Self(
            addresses: addresses, conditions: merge.conditions, listeners: listeners,
            attachedListenerSets: attachedListenerSets)
        return merged == existing ? nil : merged
    }
}

extension ListenerSetStatus: MergeableStatus {
    package static var empty: Self { Self() }

    package func merged(into existing: Self, now: Timestamp, isOurs: (String) -> Bool) -> Self? {
        let merge = ConditionMerge(
            existing: existing.conditions, ours: conditions,
            owned: Set(ListenerSetConditionType.allCases.map(\.rawValue)), now: now)
        guard !merge.isStale, let listeners = listeners.merged(into: existing.listeners, now: now) else { return nil }
        let merged = Self(conditions: merge.conditions, listeners: listeners)
        return merged == existing ? nil : merged
    }
}

extension RouteStatus: MergeableStatus {
    package static var empty: Self { Self() }

    package func merged(into existing: Self, now: Timestamp, isOurs: (String) -> Bool) -> Self? {
        let merge = ParentMerge(existing: existing.parents, ours: parents, now: now, isOurs: isOurs)
        return merge.isStale || !merge.isChange ? nil : RouteStatus(parents: merge.parents)
    }
}

extension [ListenerStatus] {
    /// Listeners by name; those that `self` lacks are gone. nil when the existing ones are newer.
    fileprivate func merged(into existing: [ListenerStatus], now: Timestamp) -> [ListenerStatus]? {
        let old = Dictionary(existing.map { ($0.name, $0.conditions) }, uniquingKeysWith: { first, _ in first })
        let owned = Set(ListenerConditionType.allCases.map(\.rawValue))
        var merged: [ListenerStatus] = []
        for var listener in self {
            let merge = ConditionMerge(
                existing: old[listener.name] ?? [], ours: listener.conditions, owned: owned, now: now)
            if merge.isStale { return nil }
            listener.conditions = merge.conditions
            merged.append(listener)
        }
        return merged
    }
}
