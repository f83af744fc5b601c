/// The filters of a rule or of a backendRef, one field a kind; their order of execution is fixed
/// (docs/lifetime-of-a-request.md), the order in the manifest means nothing.
package struct RuleFilters: Sendable, Hashable {
    package var requestHeaders: HeaderModifier?
    package var responseHeaders: HeaderModifier?
    package var rewrite: URLRewrite?
    /// Each draws for itself whether it gets a copy.
    package var mirrors: [RequestMirror]
    package var cors: CORSPolicy?
    package var externalAuth: ExternalAuth?

    package init(
        requestHeaders: HeaderModifier? = nil, responseHeaders: HeaderModifier? = nil, rewrite: URLRewrite? = nil,
        mirrors: [RequestMirror] = [], cors: CORSPolicy? = nil, externalAuth: ExternalAuth? = nil
    ) {
        self.requestHeaders = requestHeaders
        self.responseHeaders = responseHeaders
        self.rewrite = rewrite
        self.mirrors = mirrors
        self.cors = cors
        self.externalAuth = externalAuth
    }
}

/// `requestHeaderModifier` and `responseHeaderModifier`: names are compared ignoring case.
package struct HeaderModifier: Sendable, Hashable {
    /// Replaces every existing field of that name.
    package var set: [Field]
    /// Appends a field line, existing ones stay.
    package var add: [Field]
    /// Deletes every field of that name.
    package var remove: [String]

    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(set: [Field] = [], add: [Field] = [], remove: [String] = []) {
        self.set = set
        self.add = add
        self.remove = remove
    }
}

/// `urlRewrite`.
package struct URLRewrite: Sendable, Hashable {
    /// Replaces Host as the backend sees it.
    package var hostname: String?
    package var path: PathModifier?

    package init(hostname: String? = nil, path: PathModifier? = nil) {
        self.hostname = hostname
        self.path = path
    }
}

/// `path` of a rewrite or redirect; the query is always kept.
package enum PathModifier: Sendable, Hashable {
    case replaceFullPath(String)
    /// Replaces the prefix that the rule's PathPrefix match took (table in HTTPPathModifier's field text).
    case replacePrefixMatch(String)
}

/// `requestRedirect`.
package struct RequestRedirect: Sendable, Hashable {
    /// `http` or `https`; nil keeps the request's.
    package var scheme: Scheme?
    /// nil keeps the request's host.
    package var hostname: String?
    package var path: PathModifier?
    /// nil: the well-known port of `scheme` if that is given, else the listener's port.
    package var port: UInt16?
    /// 301, 302, 303, 307 or 308.
    package var statusCode: UInt16

    package enum Scheme: String, Sendable, Hashable {
        case http, https
    }

    package init(
        scheme: Scheme? = nil, hostname: String? = nil, path: PathModifier? = nil, port: UInt16? = nil,
        statusCode: UInt16 = 302
    ) {
        self.scheme = scheme
        self.hostname = hostname
        self.path = path
        self.port = port
        self.statusCode = statusCode
    }
}
