import KubernetesTypes

/// `filters[].requestRedirect`.
package struct HTTPRequestRedirectFilter: Sendable, Hashable {
    /// nil keeps the scheme of the request.
    package var scheme: RedirectScheme?
    /// nil keeps the Host of the request.
    package var hostname: String?
    /// nil keeps the path of the request.
    package var path: HTTPPathModifier?
    /// nil: the scheme's well-known port if a scheme is set, else the listener's port.
    package var port: UInt16?
    /// 301, 302, 303, 307 or 308.
    package var statusCode: Int

    package init(
        scheme: RedirectScheme? = nil, hostname: String? = nil, path: HTTPPathModifier? = nil, port: UInt16? = nil,
        statusCode: Int = 302
    ) {
        self.scheme = scheme
        self.hostname = hostname
        self.path = path
        self.port = port
        self.statusCode = statusCode
    }
}

/// `filters[].requestRedirect.scheme`.
package enum RedirectScheme: OpenEnum {
    case http
    case https
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [RedirectScheme] = [.http, .https]

    package var rawValue: String {
        switch self {
        case .http: "http"
        case .https: "https"
        case .unrecognized(let value): value
        }
    }
}

/// `filters[].urlRewrite`.
package struct HTTPURLRewriteFilter: Sendable, Hashable {
    /// nil keeps the Host of the request.
    package var hostname: String?
    /// nil keeps the path of the request.
    package var path: HTTPPathModifier?

    package init(hostname: String? = nil, path: HTTPPathModifier? = nil) {
        self.hostname = hostname
        self.path = path
    }
}

/// `requestRedirect.path` and `urlRewrite.path`. The field that belongs to the type is set, the other is not.
package struct HTTPPathModifier: Sendable, Hashable {
    package var type: HTTPPathModifierType
    package var replaceFullPath: String?
    package var replacePrefixMatch: String?

    package init(type: HTTPPathModifierType, replaceFullPath: String? = nil, replacePrefixMatch: String? = nil) {
        self.type = type
        self.replaceFullPath = replaceFullPath
        self.replacePrefixMatch = replacePrefixMatch
    }
}

/// `path.type` of redirects and rewrites.
package enum HTTPPathModifierType: OpenEnum {
    case replaceFullPath
    case replacePrefixMatch
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [HTTPPathModifierType] = [.replaceFullPath, .replacePrefixMatch]

    package var rawValue: String {
        switch self {
        case .replaceFullPath: "ReplaceFullPath"
        case .replacePrefixMatch: "ReplacePrefixMatch"
        case .unrecognized(let value): value
        }
    }
}
