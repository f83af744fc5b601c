package import GatewayAPI
package import KubernetesTypes

/// `status.parents` of a route after we have said what we have to say. Entries belong to a parentRef and a controller;
/// those of other controllers stay exactly as they are, in their order.
package struct ParentMerge: Sendable, Hashable {
    /// `maxItems` of `status.parents`.
    package static let limit = 32

    package enum Element: Sendable, Hashable {
        /// The entry at this index of the existing list stays as it is, byte for byte.
        case kept(Int)
        /// An entry of ours, in the place of an existing one if there was one.
        case written(ParentReference, controllerName: String, ConditionMerge)
    }

    private let existing: [RouteParentStatus]
    package private(set) var elements: [Element] = []
    /// See `ConditionMerge.isStale`.
    package private(set) var isStale = false

    private struct Key: Hashable {
        var parentRef: ParentReference
        var controllerName: String

        init(_ parent: RouteParentStatus) {
            parentRef = parent.parentRef
            controllerName = parent.controllerName
        }
    }

    /// - Parameters:
    ///   - ours: what does not fit beside the entries of others is left out.
    ///   - isOurs: whether a controllerName is one of ours. Existing entries of it that `ours` lacks are removed.
    ///   - owned: the types of conditions that nobody else writes into our entries.
    package init(
        existing: [RouteParentStatus], ours: [RouteParentStatus], now: Timestamp, isOurs: (String) -> Bool,
        owned: Set<String> = Set(RouteConditionType.allCases.map(\.rawValue)), limit: Int = Self.limit
    ) {
        self.existing = existing
        let room = max(0, limit - existing.count { !isOurs($0.controllerName) })
        let ours = ours.prefix(room)
        var changed = Dictionary(ours.map { (Key($0), $0) }, uniquingKeysWith: { first, _ in first })
        for (index, old) in existing.enumerated() {
            guard isOurs(old.controllerName) else {
                elements.append(.kept(index))
                continue
            }
            guard let parent = changed.removeValue(forKey: Key(old)) else { continue }
            let merge = ConditionMerge(
                existing: old.conditions, ours: parent.conditions, owned: owned, now: now)
            if merge.isStale { isStale = true }
            elements.append(
                merge.isChange
                    ? .written(parent.parentRef, controllerName: parent.controllerName, merge) : .kept(index))
        }
        for parent in ours where changed.removeValue(forKey: Key(parent)) != nil {
            let merge = ConditionMerge(existing: [], ours: parent.conditions, owned: owned, now: now)
            elements.append(.written(parent.parentRef, controllerName: parent.controllerName, merge))
        }
    }

    package var parents: [RouteParentStatus] {
        elements.map { element in
            switch element {
            case .kept(let index): existing[index]
            case .written(let reference, let controllerName, let merge):
                RouteParentStatus(
                    parentRef: reference, controllerName: controllerName, conditions: merge.conditions)
            }
        }
    }

    /// Whether the list becomes another one.
    package var isChange: Bool { elements != existing.indices.map(Element.kept) }
}
