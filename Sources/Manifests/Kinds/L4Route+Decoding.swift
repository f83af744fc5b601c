import GatewayAPI
import KubernetesTypes

extension L4RouteRule: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(name: fields.string("name"), backendRefs: fields.requiredList("backendRefs"))
    }
}

extension BackendRef: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            reference: BackendObjectReference(fields), weight: fields.integer("weight", in: 0...1_000_000) ?? 1)
    }
}

extension TLSRoute: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? RouteStatus())
        fields.ignore("apiVersion", "kind")
    }
}

extension TLSRouteSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            parentRefs: fields.list("parentRefs") ?? [],
            useDefaultGateways: fields.openEnum("useDefaultGateways"),
            hostnames: fields.requiredStrings("hostnames"),
            rules: fields.requiredList("rules"))
    }
}

extension TCPRoute: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? RouteStatus())
        fields.ignore("apiVersion", "kind")
    }
}

extension TCPRouteSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            parentRefs: fields.list("parentRefs") ?? [],
            useDefaultGateways: fields.openEnum("useDefaultGateways"),
            rules: fields.requiredList("rules"))
    }
}

extension UDPRoute: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? RouteStatus())
        fields.ignore("apiVersion", "kind")
    }
}

extension UDPRouteSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            parentRefs: fields.list("parentRefs") ?? [],
            useDefaultGateways: fields.openEnum("useDefaultGateways"),
            rules: fields.requiredList("rules"))
    }
}
