/// A response field that the CORS filter writes.
package enum CORSField: UInt8, Sendable, BitwiseCopyable {
    case allowOrigin, allowCredentials, allowMethods, allowHeaders, exposeHeaders, maxAge, vary

    package var name: StaticString {
        switch self {
        case .allowOrigin: "Access-Control-Allow-Origin"
        case .allowCredentials: "Access-Control-Allow-Credentials"
        case .allowMethods: "Access-Control-Allow-Methods"
        case .allowHeaders: "Access-Control-Allow-Headers"
        case .exposeHeaders: "Access-Control-Expose-Headers"
        case .maxAge: "Access-Control-Max-Age"
        case .vary: "Vary"
        }
    }

    /// As HTTP/2 wants it.
    package var lowercaseName: StaticString {
        switch self {
        case .allowOrigin: "access-control-allow-origin"
        case .allowCredentials: "access-control-allow-credentials"
        case .allowMethods: "access-control-allow-methods"
        case .allowHeaders: "access-control-allow-headers"
        case .exposeHeaders: "access-control-expose-headers"
        case .maxAge: "access-control-max-age"
        case .vary: "vary"
        }
    }
}
