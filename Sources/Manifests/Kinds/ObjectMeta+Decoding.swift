import KubernetesTypes

extension ObjectMeta: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            name: fields.requiredString("name", help: "Add metadata.name."),
            namespace: fields.string("namespace") ?? "",
            labels: fields.stringMap("labels") ?? [:],
            annotations: fields.stringMap("annotations") ?? [:],
            generation: fields.integer("generation", in: 0...Int64.max) ?? 0,
            creationTimestamp: fields.timestamp("creationTimestamp"),
            deletionTimestamp: fields.timestamp("deletionTimestamp"),
            uid: fields.string("uid") ?? "",
            resourceVersion: fields.string("resourceVersion") ?? "",
            finalizers: fields.strings("finalizers") ?? [])
        fields.ignore("deletionGracePeriodSeconds", "generateName", "managedFields", "ownerReferences", "selfLink")
    }
}

extension Condition: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.requiredString("type"),
            status: fields.closedEnum("status") ?? .unknown,
            reason: fields.string("reason") ?? "",
            message: fields.string("message") ?? "",
            observedGeneration: fields.integer("observedGeneration", in: 0...Int64.max),
            lastTransitionTime: fields.timestamp("lastTransitionTime") ?? .epoch)
    }
}

extension LabelSelector: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            matchLabels: fields.stringMap("matchLabels") ?? [:],
            matchExpressions: fields.list("matchExpressions") ?? [])
    }
}

extension LabelSelectorRequirement: FieldDecodable {
    init(_ fields: FieldReader) {
        let known = Operator.allCases.map(\.rawValue).joined(separator: ", ")
        let key = fields.requiredString("key")
        if fields.entry("operator") == nil { fields.missing("operator", help: "Add it with one of: \(known).") }
        self.init(key: key, operator: fields.closedEnum("operator") ?? .exists, values: fields.strings("values") ?? [])
    }
}
