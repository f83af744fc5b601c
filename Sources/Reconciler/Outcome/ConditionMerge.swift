package import KubernetesTypes

/// One list of conditions after we have said what we have to say, with what others wrote left exactly as it is
/// (Gateway API, "status": conditions are merged by type, and nobody edits, removes or reorders those of others).
package struct ConditionMerge: Sendable, Hashable {
    /// `maxItems` of every list of conditions.
    package static let limit = 8

    package enum Element: Sendable, Hashable {
        /// The condition at this index of the existing list stays as it is, byte for byte.
        case kept(Int)
        case written(Condition)
    }

    private let existing: [Condition]
    package private(set) var elements: [Element] = []
    /// The existing list speaks of a newer generation than ours does: what we know is old, and nothing may be written.
    package private(set) var isStale = false

    /// - Parameters:
    ///   - ours: the most important first; what does not fit beside the conditions of others is left out.
    ///   - owned: the types that nobody else writes. Those that `ours` lacks are removed.
    ///   - now: the `lastTransitionTime` of conditions whose status changes.
    package init(existing: [Condition], ours: [Condition], owned: Set<String>, now: Timestamp) {
        self.existing = existing
        let owned = owned.union(ours.map(\.type))
        let room = max(0, Self.limit - existing.count { !owned.contains($0.type) })
        var missing: [Condition] = []
        var changed: [String: Condition] = [:]
        for condition in ours.prefix(room) {
            if changed.updateValue(condition, forKey: condition.type) == nil { missing.append(condition) }
        }
        for (index, old) in existing.enumerated() {
            guard owned.contains(old.type) else {
                elements.append(.kept(index))
                continue
            }
            // A type stands in a list once; another one of it would be a mistake of ours.
            guard var condition = changed.removeValue(forKey: old.type) else { continue }
            if let known = condition.observedGeneration, let seen = old.observedGeneration, seen > known {
                isStale = true
            }
            condition.lastTransitionTime = old.status == condition.status ? old.lastTransitionTime : now
            elements.append(condition == old ? .kept(index) : .written(condition))
        }
        for var condition in missing where changed[condition.type] != nil {
            condition.lastTransitionTime = now
            elements.append(.written(condition))
        }
    }

    package var conditions: [Condition] {
        elements.map { element in
            switch element {
            case .kept(let index): existing[index]
            case .written(let condition): condition
            }
        }
    }

    /// Whether the list becomes another one.
    package var isChange: Bool { elements != existing.indices.map(Element.kept) }
}
