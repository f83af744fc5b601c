import GatewayAPI

extension HTTPRouteFilter: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.requiredOpenEnum("type"),
            requestHeaderModifier: fields.object("requestHeaderModifier"),
            responseHeaderModifier: fields.object("responseHeaderModifier"),
            requestMirror: fields.object("requestMirror"),
            requestRedirect: fields.object("requestRedirect"),
            urlRewrite: fields.object("urlRewrite"),
            cors: fields.object("cors"),
            externalAuth: fields.object("externalAuth"),
            extensionRef: fields.object("extensionRef"))
    }
}

extension HTTPHeader: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(name: fields.requiredString("name"), value: fields.requiredString("value"))
    }
}

extension HTTPHeaderFilter: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            set: fields.list("set") ?? [], add: fields.list("add") ?? [], remove: fields.strings("remove") ?? [])
    }
}

extension HTTPRequestRedirectFilter: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            scheme: fields.openEnum("scheme"),
            hostname: fields.string("hostname"),
            path: fields.object("path"),
            port: fields.port("port"),
            statusCode: fields.integer("statusCode", in: 0...Int(Int32.max)) ?? 302)
    }
}

extension HTTPURLRewriteFilter: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(hostname: fields.string("hostname"), path: fields.object("path"))
    }
}

extension HTTPPathModifier: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.requiredOpenEnum("type"), replaceFullPath: fields.string("replaceFullPath"),
            replacePrefixMatch: fields.string("replacePrefixMatch"))
    }
}

extension HTTPRequestMirrorFilter: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            backendRef: fields.requiredObject("backendRef"),
            percent: fields.integer("percent", in: 0...100),
            fraction: fields.object("fraction"))
    }
}

extension Fraction: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            numerator: fields.requiredInteger("numerator", in: 0...Int32.max),
            denominator: fields.integer("denominator", in: 1...Int32.max) ?? 100)
    }
}

extension HTTPCORSFilter: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            allowOrigins: fields.strings("allowOrigins") ?? [],
            allowCredentials: fields.boolean("allowCredentials"),
            allowMethods: fields.strings("allowMethods") ?? [],
            allowHeaders: fields.strings("allowHeaders") ?? [],
            exposeHeaders: fields.strings("exposeHeaders") ?? [],
            maxAge: fields.integer("maxAge", in: 1...Int32.max) ?? 5)
    }
}

extension HTTPExternalAuthFilter: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            protocol: fields.requiredOpenEnum("protocol"),
            backendRef: fields.requiredObject("backendRef"),
            grpc: fields.object("grpc"),
            http: fields.object("http"),
            forwardBody: fields.object("forwardBody"))
    }
}

extension GRPCAuthConfig: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(allowedHeaders: fields.strings("allowedHeaders") ?? [])
    }
}

extension HTTPAuthConfig: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            path: fields.string("path"),
            allowedHeaders: fields.strings("allowedHeaders") ?? [],
            allowedResponseHeaders: fields.strings("allowedResponseHeaders") ?? [])
    }
}

extension ForwardBodyConfig: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(maxSize: fields.integer("maxSize", in: 0...Int.max))
    }
}
