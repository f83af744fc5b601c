package import HTTPSemantics

/// A `cors` filter as the proxy carries it out (GEP-1767). What does not depend on the request is ready to be written.
package struct CompiledCORS: BitwiseCopyable {
    var allowsAnyOrigin: Bool
    var allowCredentials: Bool
    var origins: UnsafeBufferPointer<CompiledCORSOrigin>
    var allowMethods: Names
    var allowHeaders: Names
    var exposeHeaders: Names
    /// Decimal.
    var maxAge: UnsafeRawBufferPointer

    /// A list, or `*`.
    struct Names: BitwiseCopyable {
        var isAny: Bool
        /// Separated by commas; empty for `*` and for an empty list.
        var list: UnsafeRawBufferPointer
    }

    /// The value of Origin that decides about an actual request; nil without the field, empty when there are several.
    package static func origin(of request: RequestView) -> UnsafeRawBufferPointer? {
        request.singleValue(named: "origin")
    }

    /// Whether pages of this origin may read responses.
    package func matches(origin: UnsafeRawBufferPointer) -> Bool {
        guard CORSOrigin.isValid(origin) else { return false }
        if allowsAnyOrigin { return true }
        guard let origin = CORSOrigin(origin) else { return false }
        for allowed in origins where allowed.matches(origin) { return true }
        return false
    }

    /// Calls `body` with every field for the answer to a preflight, and returns whether its origin is allowed.
    @discardableResult
    package func forEachPreflightField(
        _ preflight: CORSPreflight, _ body: (CORSField, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        body(
            .vary,
            UnsafeRawBufferPointer("Origin, Access-Control-Request-Method, Access-Control-Request-Headers"))
        guard matches(origin: preflight.origin) else { return false }
        writeOrigin(preflight.origin, body)
        if let methods = value(of: allowMethods, echoing: preflight.requestMethod, isMethod: true) {
            body(.allowMethods, methods)
        }
        if let headers = value(of: allowHeaders, echoing: preflight.requestHeaders, isMethod: false) {
            body(.allowHeaders, headers)
        }
        writeExposed(body)
        body(.maxAge, maxAge)
        return true
    }

    /// Calls `body` with every field that the response to an actual request gets, and returns whether its origin is
    /// allowed. Fields of this family that the backend sent are to be left out (`isResponseField`).
    ///
    /// - Parameter origin: `origin(of:)` of the request.
    @discardableResult
    package func forEachResponseField(
        origin: UnsafeRawBufferPointer?, _ body: (CORSField, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        // For a cache the answers to different origins are different, also the one to none.
        if !allowsAnyOrigin || allowCredentials { body(.vary, UnsafeRawBufferPointer("Origin")) }
        guard let origin, matches(origin: origin) else { return false }
        writeOrigin(origin, body)
        writeExposed(body)
        return true
    }

    /// True for `exposeHeaders: ["*"]` with credentials, where browsers take `*` for a name: the response has to list
    /// its fields, see `writeExposedNames`.
    package var exposesByName: Bool { exposeHeaders.isAny && allowCredentials }

    /// Whether the gateway speaks for this field of a response, and what the backend says is dropped.
    package static func isResponseField(_ name: UnsafeRawBufferPointer) -> Bool {
        let field: CORSField
        switch name.count {
        case 22: field = .maxAge
        case 27: field = .allowOrigin
        case 28: return equals(name, .allowMethods) || equals(name, .allowHeaders)
        case 29: field = .exposeHeaders
        case 32: field = .allowCredentials
        default: return false
        }
        return equals(name, field)
    }

    private static func equals(_ name: UnsafeRawBufferPointer, _ field: CORSField) -> Bool {
        ASCII.equals(name, lowercase: UnsafeRawBufferPointer(field.lowercaseName))
    }

    // MARK: Values

    private func writeOrigin(_ origin: UnsafeRawBufferPointer, _ body: (CORSField, UnsafeRawBufferPointer) -> Void) {
        body(.allowOrigin, allowsAnyOrigin && !allowCredentials ? UnsafeRawBufferPointer("*") : origin)
        if allowCredentials { body(.allowCredentials, UnsafeRawBufferPointer("true")) }
    }

    private func writeExposed(_ body: (CORSField, UnsafeRawBufferPointer) -> Void) {
        if exposeHeaders.isAny {
            if !allowCredentials { body(.exposeHeaders, UnsafeRawBufferPointer("*")) }
        } else if exposeHeaders.list.count > 0 {
            body(.exposeHeaders, exposeHeaders.list)
        }
    }

    /// `*` becomes what was asked for, if that can be repeated: it names Authorization too, which `*` does not stand
    /// for, and it is right with credentials, for which `*` is only a name.
    private func value(
        of names: Names, echoing asked: UnsafeRawBufferPointer, isMethod: Bool
    ) -> UnsafeRawBufferPointer? {
        guard names.isAny else { return names.list.count > 0 ? names.list : nil }
        if isMethod ? CORSRequestNames.isMethod(asked) : CORSRequestNames.isList(asked) { return asked }
        return allowCredentials ? nil : UnsafeRawBufferPointer("*")
    }
}
