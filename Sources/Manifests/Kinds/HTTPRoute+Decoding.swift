import GatewayAPI
import KubernetesTypes

extension HTTPRoute: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? RouteStatus())
        fields.ignore("apiVersion", "kind")
    }
}

extension HTTPRouteSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            parentRefs: fields.list("parentRefs") ?? [],
            useDefaultGateways: fields.openEnum("useDefaultGateways"),
            hostnames: fields.strings("hostnames") ?? [],
            rules: fields.list("rules") ?? [HTTPRouteRule()])
    }
}

extension HTTPRouteRule: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            name: fields.string("name"),
            matches: fields.list("matches") ?? [HTTPRouteMatch()],
            filters: fields.list("filters") ?? [],
            backendRefs: fields.list("backendRefs") ?? [],
            timeouts: fields.object("timeouts"),
            retry: fields.object("retry"),
            sessionPersistence: fields.object("sessionPersistence"))
    }
}

extension HTTPBackendRef: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            reference: BackendObjectReference(fields),
            weight: fields.integer("weight", in: 0...1_000_000) ?? 1,
            filters: fields.list("filters") ?? [])
    }
}

extension HTTPRouteTimeouts: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(request: fields.duration("request"), backendRequest: fields.duration("backendRequest"))
    }
}

extension HTTPRouteRetry: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            codes: fields.integers("codes", in: 400...599) ?? [],
            attempts: fields.integer("attempts", in: 1...Int.max),
            backoff: fields.duration("backoff"))
    }
}

extension SessionPersistence: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            sessionName: fields.string("sessionName"),
            absoluteTimeout: fields.duration("absoluteTimeout"),
            type: fields.openEnum("type") ?? .cookie,
            cookieConfig: fields.object("cookieConfig"))
    }
}

extension CookieConfig: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(lifetimeType: fields.openEnum("lifetimeType") ?? .session)
    }
}

// MARK: Matches

extension HTTPRouteMatch: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            path: fields.object("path") ?? HTTPPathMatch(),
            headers: fields.list("headers") ?? [],
            queryParams: fields.list("queryParams") ?? [],
            method: fields.openEnum("method"))
    }
}

extension HTTPPathMatch: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(type: fields.openEnum("type") ?? .pathPrefix, value: fields.string("value") ?? "/")
    }
}

extension HTTPHeaderMatch: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.openEnum("type") ?? .exact, name: fields.requiredString("name"),
            value: fields.requiredString("value"))
    }
}

extension HTTPQueryParamMatch: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.openEnum("type") ?? .exact, name: fields.requiredString("name"),
            value: fields.requiredString("value"))
    }
}
