import GatewayAPI
import KubernetesTypes

extension XBackend: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? XBackendStatus())
        fields.ignore("apiVersion", "kind")
    }
}

extension XBackendSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.requiredOpenEnum("type"), externalHostname: fields.object("externalHostname"),
            port: fields.requiredObject("port"), protocol: fields.openEnum("protocol"), tls: fields.object("tls"))
    }
}

extension ExternalHostnameBackend: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(hostname: fields.requiredString("hostname"))
    }
}

extension XBackendPort: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(name: fields.string("name"), port: fields.requiredPort("port"))
    }
}

extension XBackendTLS: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            mode: fields.requiredOpenEnum("mode"), clientCertificateRef: fields.object("clientCertificateRef"),
            validation: fields.object("validation"))
    }
}

extension XBackendStatus: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(parents: fields.list("parents") ?? [])
    }
}

extension XBackendParentStatus: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            parentRef: fields.requiredObject("parentRef"), controllerName: fields.requiredString("controllerName"),
            conditions: fields.list("conditions") ?? [])
    }
}
