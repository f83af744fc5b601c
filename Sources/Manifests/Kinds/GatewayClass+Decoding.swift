import GatewayAPI
import KubernetesTypes

extension GatewayClass: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? .pending)
        fields.ignore("apiVersion", "kind")
    }
}

extension GatewayClassSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            controllerName: fields.requiredString("controllerName"),
            parametersRef: fields.object("parametersRef"),
            description: fields.string("description"))
    }
}

extension ParametersReference: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            group: fields.requiredString("group", help: "Add it; the core group is \"\"."),
            kind: fields.requiredString("kind"), name: fields.requiredString("name"),
            namespace: fields.string("namespace"))
    }
}

extension GatewayClassStatus: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            conditions: fields.list("conditions") ?? GatewayClassStatus.pending.conditions,
            supportedFeatures: fields.list("supportedFeatures") ?? [])
    }
}

extension SupportedFeature: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(name: fields.requiredString("name"))
    }
}

extension FieldReader {
    /// The status of an object. The API server does not take it from a manifest, so mistakes in it do no harm.
    func status<Status: FieldDecodable>() -> Status? {
        context.isAdvisory = true
        defer { context.isAdvisory = false }
        return object("status")
    }
}
