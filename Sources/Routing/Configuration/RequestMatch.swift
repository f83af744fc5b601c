internal import HTTPSemantics

/// One entry of `rules[].matches`: all conditions must hold.
package struct RequestMatch: Sendable, Hashable {
    package var path: PathMatch
    /// nil matches every method.
    package var method: String?
    /// AND-ed; names are distinct ignoring case.
    package var headers: [HeaderMatch]
    /// AND-ed; names are distinct.
    package var queryParameters: [QueryParameterMatch]

    package init(
        path: PathMatch = .root, method: String? = nil, headers: [HeaderMatch] = [],
        queryParameters: [QueryParameterMatch] = []
    ) {
        self.path = path
        self.method = method
        self.headers = headers
        self.queryParameters = queryParameters
    }
}

/// `matches[].path`.
package enum PathMatch: Sendable, Hashable {
    /// Byte-equal, case-sensitive.
    case exact(String)
    /// Per path element; a trailing slash in the value is ignored, so `/` matches everything.
    case prefix(String)
    case regularExpression(RegularExpression)
    /// Only in rules of GRPCRoutes, where there is no other kind.
    case rpc(RPCMatch)

    /// What an omitted path means (CRD default).
    package static let root = PathMatch.prefix("/")
}

/// How a header or query parameter value is compared.
package enum ValueMatch: Sendable, Hashable {
    case exact(String)
    case regularExpression(RegularExpression)
}

/// `matches[].headers[]`.
package struct HeaderMatch: Sendable, Hashable {
    /// Compared ignoring ASCII case.
    package var name: String
    package var value: ValueMatch

    package init(name: String, value: ValueMatch) {
        self.name = name
        self.value = value
    }
}

/// `matches[].queryParams[]`.
package struct QueryParameterMatch: Sendable, Hashable {
    /// Compared exactly, after percent-decoding the request's name.
    package var name: String
    package var value: ValueMatch

    package init(name: String, value: ValueMatch) {
        self.name = name
        self.value = value
    }
}
