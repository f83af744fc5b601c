extension ObjectMeta {
    /// Checks what the API server checks of every object's metadata.
    package func validate(into validator: inout Validator, isNamespaced: Bool, nameFormat: TextFormat = .dnsSubdomain) {
        validator.field("metadata") { validator in
            validator.text("name", name, length: 1...253, format: nameFormat)
            if isNamespaced {
                validator.text("namespace", namespace, length: 1...63, format: .dnsLabel)
            }
            validator.map(
                "labels", labels, count: 0...Int.max, keyFormat: .qualifiedName, valueLength: 0...63,
                valueFormat: .labelValue)
            validator.map("annotations", annotations, count: 0...Int.max, keyFormat: .qualifiedName)
        }
    }
}

extension LabelSelector {
    /// Checks the current value: operators with and without values, label keys and label values.
    package func validate(into validator: inout Validator) {
        validator.map(
            "matchLabels", matchLabels, count: 0...Int.max, keyFormat: .qualifiedName, valueLength: 0...63,
            valueFormat: .labelValue)
        validator.list("matchExpressions", matchExpressions, count: 0...Int.max) { validator, requirement in
            validator.text("key", requirement.key, length: 1...Int.max, format: .qualifiedName)
            let needsValues = requirement.operator == .in || requirement.operator == .notIn
            if needsValues == requirement.values.isEmpty {
                validator.field("values") {
                    $0.report(
                        .selectorValues,
                        "values \(needsValues ? "is empty" : "is set") with the operator "
                            + "\(requirement.operator.rawValue).",
                        help: needsValues ? "List at least one value." : "Take values out.")
                }
            }
        }
    }
}
