import GatewayAPI

extension ParentReference: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.string("group") ?? gatewayAPIGroup, kind: fields.string("kind") ?? "Gateway",
            namespace: fields.string("namespace"), name: fields.requiredString("name"),
            sectionName: fields.string("sectionName"), port: fields.port("port"))
    }
}

extension BackendObjectReference: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.string("group") ?? "", kind: fields.string("kind") ?? "Service",
            name: fields.requiredString("name"), namespace: fields.string("namespace"), port: fields.port("port"))
    }
}

extension SecretObjectReference: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.string("group") ?? "", kind: fields.string("kind") ?? "Secret",
            name: fields.requiredString("name"), namespace: fields.string("namespace"))
    }
}

extension ObjectReference: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.requiredString("group", help: "Add it; the core group is \"\"."),
            kind: fields.requiredString("kind"), name: fields.requiredString("name"),
            namespace: fields.string("namespace"))
    }
}

extension LocalObjectReference: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.requiredString("group", help: "Add it; the core group is \"\"."),
            kind: fields.requiredString("kind"), name: fields.requiredString("name"))
    }
}

extension LocalParametersReference: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.requiredString("group", help: "Add it; the core group is \"\"."),
            kind: fields.requiredString("kind"), name: fields.requiredString("name"))
    }
}

extension RouteStatus: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(parents: fields.requiredList("parents"))
    }
}

extension RouteParentStatus: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            parentRef: fields.requiredObject("parentRef"), controllerName: fields.requiredString("controllerName"),
            conditions: fields.requiredList("conditions"))
    }
}
