import GatewayAPI
import KubernetesTypes

extension ListenerSet: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? .pending)
        fields.ignore("apiVersion", "kind")
    }
}

extension ListenerSetSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(parentRef: fields.requiredObject("parentRef"), listeners: fields.requiredList("listeners"))
    }
}

extension ParentGatewayReference: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.string("group") ?? gatewayAPIGroup, kind: fields.string("kind") ?? "Gateway",
            namespace: fields.string("namespace"), name: fields.requiredString("name"))
    }
}

extension ListenerSetStatus: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            conditions: fields.list("conditions") ?? ListenerSetStatus.pending.conditions,
            listeners: fields.list("listeners") ?? [])
    }
}
