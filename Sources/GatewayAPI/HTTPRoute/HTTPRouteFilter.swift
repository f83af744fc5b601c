import KubernetesTypes

/// `filters[]` of a rule or of a backendRef. The field that belongs to the type is set, the others are not.
package struct HTTPRouteFilter: Sendable, Hashable {
    package var type: HTTPRouteFilterType
    package var requestHeaderModifier: HTTPHeaderFilter?
    package var responseHeaderModifier: HTTPHeaderFilter?
    package var requestMirror: HTTPRequestMirrorFilter?
    package var requestRedirect: HTTPRequestRedirectFilter?
    package var urlRewrite: HTTPURLRewriteFilter?
    package var cors: HTTPCORSFilter?
    package var externalAuth: HTTPExternalAuthFilter?
    package var extensionRef: LocalObjectReference?

    package init(
        type: HTTPRouteFilterType, requestHeaderModifier: HTTPHeaderFilter? = nil,
        responseHeaderModifier: HTTPHeaderFilter? = nil, requestMirror: HTTPRequestMirrorFilter? = nil,
        requestRedirect: HTTPRequestRedirectFilter? = nil, urlRewrite: HTTPURLRewriteFilter? = nil,
        cors: HTTPCORSFilter? = nil, externalAuth: HTTPExternalAuthFilter? = nil,
        extensionRef: LocalObjectReference? = nil
    ) {
        self.type = type
        self.requestHeaderModifier = requestHeaderModifier
        self.responseHeaderModifier = responseHeaderModifier
        self.requestMirror = requestMirror
        self.requestRedirect = requestRedirect
        self.urlRewrite = urlRewrite
        self.cors = cors
        self.externalAuth = externalAuth
        self.extensionRef = extensionRef
    }
}

/// `filters[].type`.
package enum HTTPRouteFilterType: OpenEnum {
    case requestHeaderModifier
    case responseHeaderModifier
    case requestMirror
    case requestRedirect
    case urlRewrite
    case extensionRef
    case cors
    /// Experimental (GEP-1494).
    case externalAuth
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [HTTPRouteFilterType] = [
        .requestHeaderModifier, .responseHeaderModifier, .requestMirror, .requestRedirect, .urlRewrite, .extensionRef,
        .cors, .externalAuth,
    ]

    package var rawValue: String {
        switch self {
        case .requestHeaderModifier: "RequestHeaderModifier"
        case .responseHeaderModifier: "ResponseHeaderModifier"
        case .requestMirror: "RequestMirror"
        case .requestRedirect: "RequestRedirect"
        case .urlRewrite: "URLRewrite"
        case .extensionRef: "ExtensionRef"
        case .cors: "CORS"
        case .externalAuth: "ExternalAuth"
        case .unrecognized(let value): value
        }
    }
}

/// A header with its value.
package struct HTTPHeader: Sendable, Hashable {
    /// Compared ignoring case.
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// `filters[].requestHeaderModifier` and `filters[].responseHeaderModifier`.
package struct HTTPHeaderFilter: Sendable, Hashable {
    /// Replaces all values of the header.
    package var set: [HTTPHeader]
    /// Appends to the values of the header.
    package var add: [HTTPHeader]
    /// Names, compared ignoring case.
    package var remove: [String]

    package init(set: [HTTPHeader] = [], add: [HTTPHeader] = [], remove: [String] = []) {
        self.set = set
        self.add = add
        self.remove = remove
    }
}
