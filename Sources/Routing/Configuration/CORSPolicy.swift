/// The `cors` filter (GEP-1767).
package struct CORSPolicy: Sendable, Hashable {
    package var allowOrigins: [Origin]
    package var allowCredentials: Bool
    package var allowMethods: Names
    package var allowHeaders: Names
    package var exposeHeaders: Names
    /// Seconds for which a preflight's result may be cached, at least 1.
    package var maxAge: Int32

    /// One entry of `allowOrigins`.
    package enum Origin: Sendable, Hashable {
        /// `*`: every origin.
        case any
        /// `scheme://host[:port]`. `host` is in lower case; with `isWildcard` it stands for every name below it and
        /// is empty for every name at all (`https://*`). A missing port is the scheme's own.
        case origin(scheme: String, host: String, isWildcard: Bool, port: UInt16)
    }

    /// A list of names, or `*` in its place.
    package enum Names: Sendable, Hashable {
        case any
        case list([String])
    }

    package init(
        allowOrigins: [Origin] = [], allowCredentials: Bool = false, allowMethods: Names = .list([]),
        allowHeaders: Names = .list([]), exposeHeaders: Names = .list([]), maxAge: Int32 = 5
    ) {
        self.allowOrigins = allowOrigins
        self.allowCredentials = allowCredentials
        self.allowMethods = allowMethods
        self.allowHeaders = allowHeaders
        self.exposeHeaders = exposeHeaders
        self.maxAge = maxAge
    }
}
