import GatewayAPI

extension LocalPolicyTargetReference: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.requiredString("group", help: "Add it; the core group is \"\"."),
            kind: fields.requiredString("kind"), name: fields.requiredString("name"))
    }
}

extension LocalPolicyTargetReferenceWithSectionName: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.requiredString("group", help: "Add it; the core group is \"\"."),
            kind: fields.requiredString("kind"), name: fields.requiredString("name"),
            sectionName: fields.string("sectionName"))
    }
}

extension PolicyStatus: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(ancestors: fields.requiredList("ancestors"))
    }
}

extension PolicyAncestorStatus: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            ancestorRef: fields.requiredObject("ancestorRef"), controllerName: fields.requiredString("controllerName"),
            conditions: fields.requiredList("conditions"))
    }
}
