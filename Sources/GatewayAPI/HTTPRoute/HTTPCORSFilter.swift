/// `filters[].cors` (GEP-1767).
package struct HTTPCORSFilter: Sendable, Hashable {
    /// `*`, or `scheme://host[:port]` where the host may begin with `*.`.
    package var allowOrigins: [String]
    /// nil means false.
    package var allowCredentials: Bool?
    /// Methods, or `*` alone.
    package var allowMethods: [String]
    /// Header names, or `*` alone.
    package var allowHeaders: [String]
    package var exposeHeaders: [String]
    /// Seconds, at least 1.
    package var maxAge: Int32

    package init(
        allowOrigins: [String] = [], allowCredentials: Bool? = nil, allowMethods: [String] = [],
        allowHeaders: [String] = [], exposeHeaders: [String] = [], maxAge: Int32 = 5
    ) {
        self.allowOrigins = allowOrigins
        self.allowCredentials = allowCredentials
        self.allowMethods = allowMethods
        self.allowHeaders = allowHeaders
        self.exposeHeaders = exposeHeaders
        self.maxAge = maxAge
    }
}
