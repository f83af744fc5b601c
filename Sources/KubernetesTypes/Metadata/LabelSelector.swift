/// A `metav1.LabelSelector`. All of its requirements must hold; an empty selector selects everything.
package struct LabelSelector: Sendable, Hashable {
    package var matchLabels: [String: String]
    package var matchExpressions: [LabelSelectorRequirement]

    package init(matchLabels: [String: String] = [:], matchExpressions: [LabelSelectorRequirement] = []) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    package func matches(_ labels: [String: String]) -> Bool {
        matchLabels.allSatisfy { labels[$0.key] == $0.value } && matchExpressions.allSatisfy { $0.matches(labels) }
    }
}

/// A `metav1.LabelSelectorRequirement`.
package struct LabelSelectorRequirement: Sendable, Hashable {
    package enum Operator: String, Sendable, Hashable, CaseIterable {
        case `in` = "In"
        case notIn = "NotIn"
        case exists = "Exists"
        case doesNotExist = "DoesNotExist"
    }

    package var key: String
    package var `operator`: Operator
    /// Not empty for `In` and `NotIn`, empty for the others.
    package var values: [String]

    package init(key: String, operator: Operator, values: [String] = []) {
        self.key = key
        self.operator = `operator`
        self.values = values
    }

    package func matches(_ labels: [String: String]) -> Bool {
        switch `operator` {
        case .in: labels[key].map(values.contains) ?? false
        // An object without the label is not in the set, so it matches (apimachinery labels.Requirement).
        case .notIn: !(labels[key].map(values.contains) ?? false)
        case .exists: labels[key] != nil
        case .doesNotExist: labels[key] == nil
        }
    }
}
