import GatewayAPI
import KubernetesTypes

extension Gateway: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? .pending)
        fields.ignore("apiVersion", "kind")
    }
}

extension GatewaySpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            gatewayClassName: fields.requiredString(
                "gatewayClassName", help: "Add it with the name of a GatewayClass."),
            listeners: fields.requiredList("listeners"),
            addresses: fields.list("addresses") ?? [],
            infrastructure: fields.object("infrastructure"),
            allowedListeners: fields.object("allowedListeners"),
            tls: fields.object("tls"),
            defaultScope: fields.openEnum("defaultScope"))
    }
}

extension GatewaySpecAddress: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(type: fields.openEnum("type") ?? .ipAddress, value: fields.string("value"))
    }
}

extension GatewayInfrastructure: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            labels: fields.stringMap("labels") ?? [:], annotations: fields.stringMap("annotations") ?? [:],
            parametersRef: fields.object("parametersRef"))
    }
}

extension AllowedListeners: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(namespaces: fields.object("namespaces") ?? ListenerNamespaces())
    }
}

extension ListenerNamespaces: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(from: fields.openEnum("from") ?? .none, selector: fields.object("selector"))
    }
}

extension Listener: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            name: fields.requiredString("name"),
            hostname: fields.string("hostname"),
            port: fields.requiredPort("port"),
            protocol: fields.requiredOpenEnum("protocol"),
            tls: fields.object("tls"),
            allowedRoutes: fields.object("allowedRoutes") ?? AllowedRoutes())
    }
}

extension ListenerTLSConfig: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            mode: fields.openEnum("mode") ?? .terminate,
            certificateRefs: fields.list("certificateRefs") ?? [],
            options: fields.stringMap("options") ?? [:])
    }
}

extension AllowedRoutes: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            namespaces: fields.object("namespaces") ?? RouteNamespaces(), kinds: fields.list("kinds") ?? [])
    }
}

extension RouteNamespaces: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(from: fields.openEnum("from") ?? .same, selector: fields.object("selector"))
    }
}

extension RouteGroupKind: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(group: fields.string("group") ?? gatewayAPIGroup, kind: fields.requiredString("kind"))
    }
}

// MARK: TLS

extension GatewayTLSConfig: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(backend: fields.object("backend"), frontend: fields.object("frontend"))
    }
}

extension GatewayBackendTLS: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(clientCertificateRef: fields.object("clientCertificateRef"))
    }
}

extension FrontendTLSConfig: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(default: fields.requiredObject("default"), perPort: fields.list("perPort") ?? [])
    }
}

extension TLSPortConfig: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(port: fields.requiredPort("port"), tls: fields.requiredObject("tls"))
    }
}

extension TLSConfig: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(validation: fields.object("validation"))
    }
}

extension FrontendTLSValidation: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            caCertificateRefs: fields.requiredList("caCertificateRefs"),
            mode: fields.openEnum("mode") ?? .allowValidOnly)
    }
}

// MARK: Status

extension GatewayStatus: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            addresses: fields.list("addresses") ?? [],
            conditions: fields.list("conditions") ?? GatewayStatus.pending.conditions,
            listeners: fields.list("listeners") ?? [],
            attachedListenerSets: fields.integer("attachedListenerSets", in: 0...Int32.max))
    }
}

extension GatewayStatusAddress: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(type: fields.openEnum("type") ?? .ipAddress, value: fields.requiredString("value"))
    }
}

extension ListenerStatus: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            name: fields.requiredString("name"),
            supportedKinds: fields.list("supportedKinds") ?? [],
            attachedRoutes: fields.requiredInteger("attachedRoutes", in: 0...Int32.max),
            conditions: fields.requiredList("conditions"))
    }
}
