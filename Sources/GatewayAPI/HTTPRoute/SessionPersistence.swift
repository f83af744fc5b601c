import KubernetesTypes

/// `HTTPRoute.spec.rules[].sessionPersistence` and `XBackendTrafficPolicy.spec.sessionPersistence` (GEP-1619,
/// experimental).
package struct SessionPersistence: Sendable, Hashable {
    /// The name of the cookie or header, at most 128 characters.
    package var sessionName: String?
    package var absoluteTimeout: GatewayDuration?
    package var type: SessionPersistenceType
    package var cookieConfig: CookieConfig?

    package init(
        sessionName: String? = nil, absoluteTimeout: GatewayDuration? = nil, type: SessionPersistenceType = .cookie,
        cookieConfig: CookieConfig? = nil
    ) {
        self.sessionName = sessionName
        self.absoluteTimeout = absoluteTimeout
        self.type = type
        self.cookieConfig = cookieConfig
    }
}

/// `sessionPersistence.type`.
package enum SessionPersistenceType: OpenEnum {
    case cookie
    case header
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [SessionPersistenceType] = [.cookie, .header]

    package var rawValue: String {
        switch self {
        case .cookie: "Cookie"
        case .header: "Header"
        case .unrecognized(let value): value
        }
    }
}

/// `sessionPersistence.cookieConfig`.
package struct CookieConfig: Sendable, Hashable {
    package var lifetimeType: CookieLifetimeType

    package init(lifetimeType: CookieLifetimeType = .session) {
        self.lifetimeType = lifetimeType
    }
}

/// `sessionPersistence.cookieConfig.lifetimeType`.
package enum CookieLifetimeType: OpenEnum {
    /// The cookie carries Max-Age; needs `absoluteTimeout`.
    case permanent
    case session
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [CookieLifetimeType] = [.permanent, .session]

    package var rawValue: String {
        switch self {
        case .permanent: "Permanent"
        case .session: "Session"
        case .unrecognized(let value): value
        }
    }
}
