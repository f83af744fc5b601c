package import GatewayAPI
package import KubernetesTypes

extension PolicyStatus: MergeableStatus {
    package static var empty: Self { Self() }

    package func merged(into existing: Self, now: Timestamp, isOurs: (String) -> Bool) -> Self? {
        let merge = ParentMerge(
            existing: existing.ancestors.map(\.asParent), ours: ancestors.map(\.asParent), now: now, isOurs: isOurs,
            owned: Set(PolicyConditionType.allCases.map(\.rawValue)), limit: Self.maximumAncestors)
        if merge.isStale || !merge.isChange { return nil }
        return Self(
            ancestors: merge.parents.map {
                PolicyAncestorStatus(
                    ancestorRef: $0.parentRef, controllerName: $0.controllerName, conditions: $0.conditions)
            })
    }
}

extension XBackendStatus: MergeableStatus {
    package static var empty: Self { Self() }

    package func merged(into existing: Self, now: Timestamp, isOurs: (String) -> Bool) -> Self? {
        let merge = ParentMerge(
            existing: existing.parents.map(\.asParent), ours: parents.map(\.asParent), now: now, isOurs: isOurs,
            owned: [PolicyConditionType.accepted.rawValue], limit: Self.maximumParents)
        if merge.isStale || !merge.isChange { return nil }
        return Self(
            parents: merge.parents.map {
                XBackendParentStatus(
                    parentRef: $0.parentRef, controllerName: $0.controllerName, conditions: $0.conditions)
            })
    }
}

// Entries of all these lists are a reference, a controller and conditions.

extension PolicyAncestorStatus {
    fileprivate var asParent: RouteParentStatus {
        RouteParentStatus(parentRef: ancestorRef, controllerName: controllerName, conditions: conditions)
    }
}

extension XBackendParentStatus {
    fileprivate var asParent: RouteParentStatus {
        RouteParentStatus(parentRef: parentRef, controllerName: controllerName, conditions: conditions)
    }
}
