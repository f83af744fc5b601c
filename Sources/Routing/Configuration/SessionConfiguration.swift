/// `sessionPersistence` of a rule, or of the policy on a backend (GEP-1619).
package struct SessionConfiguration: Sendable, Hashable {
    /// The name of the cookie or header field: a token (RFC 9110), at most 128 bytes.
    package var name: String
    package var carrier: Carrier
    /// How long a session lasts at most, counted from its first request; nil is without limit.
    package var absoluteTimeout: Duration?
    /// What the session belongs to: sessions of different scopes are independent, also under one name. The route and
    /// the rule: `namespace/name/rule`.
    package var scope: String

    /// What carries the token.
    package enum Carrier: Sendable, Hashable {
        /// - Parameters:
        ///   - path: the attribute of that name; nil leaves it out.
        ///   - isPermanent: it carries Max-Age (`lifetimeType: Permanent`); then `absoluteTimeout` is set.
        case cookie(path: String?, isPermanent: Bool)
        /// A response field which the client repeats in its requests.
        case header
    }

    package init(name: String, carrier: Carrier, absoluteTimeout: Duration? = nil, scope: String) {
        self.name = name
        self.carrier = carrier
        self.absoluteTimeout = absoluteTimeout
        self.scope = scope
    }
}
