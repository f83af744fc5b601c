import GatewayAPI
import KubernetesTypes

extension BackendTLSPolicy: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? PolicyStatus())
        fields.ignore("apiVersion", "kind")
    }
}

extension BackendTLSPolicySpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            targetRefs: fields.requiredList("targetRefs"), validation: fields.requiredObject("validation"),
            options: fields.stringMap("options") ?? [:])
    }
}

extension BackendTLSPolicyValidation: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            caCertificateRefs: fields.list("caCertificateRefs") ?? [],
            wellKnownCACertificates: fields.string("wellKnownCACertificates"),
            hostname: fields.requiredString(
                "hostname", help: "Add it with the name that the backend's certificate has."),
            subjectAltNames: fields.list("subjectAltNames") ?? [])
    }
}

extension SubjectAltName: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.requiredOpenEnum("type"), hostname: fields.string("hostname"), uri: fields.string("uri"))
    }
}
