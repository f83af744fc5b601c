import GatewayAPI
import KubernetesTypes

extension ReferenceGrant: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"))
        fields.ignore("apiVersion", "kind")
    }
}

extension ReferenceGrantSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(from: fields.requiredList("from"), to: fields.requiredList("to"))
    }
}

extension ReferenceGrantFrom: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.requiredString("group", help: "Add it; the core group is \"\"."),
            kind: fields.requiredString("kind"), namespace: fields.requiredString("namespace"))
    }
}

extension ReferenceGrantTo: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.requiredString("group", help: "Add it; the core group is \"\"."),
            kind: fields.requiredString("kind"), name: fields.string("name"))
    }
}
