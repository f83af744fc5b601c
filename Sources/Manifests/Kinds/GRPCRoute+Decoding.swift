import GatewayAPI
import KubernetesTypes

extension GRPCRoute: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? RouteStatus())
        fields.ignore("apiVersion", "kind")
    }
}

extension GRPCRouteSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            parentRefs: fields.list("parentRefs") ?? [],
            useDefaultGateways: fields.openEnum("useDefaultGateways"),
            hostnames: fields.strings("hostnames") ?? [],
            rules: fields.list("rules") ?? [])
    }
}

extension GRPCRouteRule: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            name: fields.string("name"),
            matches: fields.list("matches") ?? [],
            filters: fields.list("filters") ?? [],
            backendRefs: fields.list("backendRefs") ?? [],
            sessionPersistence: fields.object("sessionPersistence"))
    }
}

extension GRPCBackendRef: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            reference: BackendObjectReference(fields),
            weight: fields.integer("weight", in: 0...1_000_000) ?? 1,
            filters: fields.list("filters") ?? [])
    }
}

extension GRPCRouteMatch: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(method: fields.object("method"), headers: fields.list("headers") ?? [])
    }
}

extension GRPCMethodMatch: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.openEnum("type") ?? .exact, service: fields.string("service"),
            method: fields.string("method"))
    }
}

extension GRPCHeaderMatch: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.openEnum("type") ?? .exact, name: fields.requiredString("name"),
            value: fields.requiredString("value"))
    }
}

extension GRPCRouteFilter: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.requiredOpenEnum("type"),
            requestHeaderModifier: fields.object("requestHeaderModifier"),
            responseHeaderModifier: fields.object("responseHeaderModifier"),
            requestMirror: fields.object("requestMirror"),
            extensionRef: fields.object("extensionRef"))
    }
}
