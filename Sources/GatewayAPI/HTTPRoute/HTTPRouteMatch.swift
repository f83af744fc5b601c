import KubernetesTypes

/// `HTTPRoute.spec.rules[].matches[]`: all conditions must hold.
package struct HTTPRouteMatch: Sendable, Hashable {
    package var path: HTTPPathMatch
    /// AND-ed; of names that differ only in case the first counts.
    package var headers: [HTTPHeaderMatch]
    /// AND-ed; of equal names the first counts.
    package var queryParams: [HTTPQueryParamMatch]
    package var method: HTTPMethod?

    package init(
        path: HTTPPathMatch = HTTPPathMatch(), headers: [HTTPHeaderMatch] = [], queryParams: [HTTPQueryParamMatch] = [],
        method: HTTPMethod? = nil
    ) {
        self.path = path
        self.headers = headers
        self.queryParams = queryParams
        self.method = method
    }
}

/// `matches[].path`.
package struct HTTPPathMatch: Sendable, Hashable {
    package var type: PathMatchType
    /// At most 1024 characters.
    package var value: String

    package init(type: PathMatchType = .pathPrefix, value: String = "/") {
        self.type = type
        self.value = value
    }
}

/// `matches[].path.type`.
package enum PathMatchType: OpenEnum {
    /// Equal and case-sensitive.
    case exact
    /// Equal path elements, case-sensitive.
    case pathPrefix
    /// Implementation-specific.
    case regularExpression
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [PathMatchType] = [.exact, .pathPrefix, .regularExpression]

    package var rawValue: String {
        switch self {
        case .exact: "Exact"
        case .pathPrefix: "PathPrefix"
        case .regularExpression: "RegularExpression"
        case .unrecognized(let value): value
        }
    }
}

/// `matches[].headers[]`.
package struct HTTPHeaderMatch: Sendable, Hashable {
    package var type: ValueMatchType
    /// Compared ignoring case.
    package var name: String
    package var value: String

    package init(type: ValueMatchType = .exact, name: String, value: String) {
        self.type = type
        self.name = name
        self.value = value
    }
}

/// `matches[].queryParams[]`.
package struct HTTPQueryParamMatch: Sendable, Hashable {
    package var type: ValueMatchType
    /// Compared exactly.
    package var name: String
    package var value: String

    package init(type: ValueMatchType = .exact, name: String, value: String) {
        self.type = type
        self.name = name
        self.value = value
    }
}

/// `matches[].headers[].type` and `matches[].queryParams[].type`.
package enum ValueMatchType: OpenEnum {
    case exact
    case regularExpression
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [ValueMatchType] = [.exact, .regularExpression]

    package var rawValue: String {
        switch self {
        case .exact: "Exact"
        case .regularExpression: "RegularExpression"
        case .unrecognized(let value): value
        }
    }
}

/// `matches[].method`.
package enum HTTPMethod: OpenEnum {
    case get
    case head
    case post
    case put
    case delete
    case connect
    case options
    case trace
    case patch
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [HTTPMethod] = [.get, .head, .post, .put, .delete, .connect, .options, .trace, .patch]

    package var rawValue: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .connect: "CONNECT"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .patch: "PATCH"
        case .unrecognized(let value): value
        }
    }
}
