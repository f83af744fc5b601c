import HTTPSemantics

/// Translates what a rule has beyond matching into plain data in an arena.
struct ExtrasCompiler {
    let arena: Arena
    let backendIndices: [BackendID: Int32]

    /// - Parameters:
    ///   - sessions: of the rule's backends, distinct.
    ///   - filters: the rule's, compiled.
    /// - Returns: nil for a rule without any of it.
    func compile(
        _ rule: RuleConfiguration, sessions: [SessionConfiguration], filters: CompiledFilters
    ) -> UnsafePointer<CompiledExtras>? {
        let timeouts = rule.timeouts
        if filters.isEmpty, sessions.isEmpty, timeouts == RuleTimeouts(), rule.retry == nil { return nil }
        return arena.store(
            CompiledExtras(
                requestTimeout: timeouts.request?.nanoseconds ?? 0,
                backendRequestTimeout: timeouts.backendRequest?.nanoseconds ?? 0, retry: CompiledRetry(rule.retry),
                filters: filters, sessions: arena.copy(sessions.map(compile))))
    }

    /// nil for a filter that cannot be carried out; an authorization whose backend is not known is left out.
    func compile(_ filters: RuleFilters) -> CompiledFilters? {
        var result = CompiledFilters.none
        let mirrors = filters.mirrors.compactMap { mirror in
            backendIndices[mirror.backend].map {
                CompiledRequestMirror(
                    backendIndex: $0, numerator: mirror.numerator, denominator: mirror.denominator)
            }
        }
        if !mirrors.isEmpty { result.mirrors = arena.copy(mirrors) }
        if let policy = filters.cors {
            guard let cors = compile(policy) else { return nil }
            result.cors = arena.store(cors)
        }
        if let configuration = filters.externalAuth, let externalAuth = compile(configuration) {
            result.externalAuth = arena.store(externalAuth)
        }
        return result
    }

    private func compile(_ policy: CORSPolicy) -> CompiledCORS? {
        guard let methods = compile(policy.allowMethods), let headers = compile(policy.allowHeaders),
            let exposed = compile(policy.exposeHeaders)
        else { return nil }
        var origins: [CompiledCORSOrigin] = []
        for case .origin(let scheme, let host, let isWildcard, let port) in policy.allowOrigins {
            origins.append(
                CompiledCORSOrigin(
                    scheme: arena.copy(scheme.lowercased()), host: arena.copy(host.lowercased()), port: port,
                    isWildcard: isWildcard))
        }
        return CompiledCORS(
            allowsAnyOrigin: policy.allowOrigins.contains(.any), allowCredentials: policy.allowCredentials,
            origins: arena.copy(origins), allowMethods: methods, allowHeaders: headers, exposeHeaders: exposed,
            maxAge: arena.copy("\(max(policy.maxAge, 1))"))
    }

    private func compile(_ names: CORSPolicy.Names) -> CompiledCORS.Names? {
        guard case .list(let list) = names else { return CompiledCORS.Names(isAny: true, list: arena.copy("")) }
        guard list.allSatisfy(HeaderModifier.isValid(name:)) else { return nil }
        return CompiledCORS.Names(isAny: false, list: arena.copy(list.joined(separator: ", ")))
    }

    private func compile(_ configuration: ExternalAuth) -> CompiledExternalAuth? {
        guard let backend = configuration.backend, let index = backendIndices[backend] else { return nil }
        let prefix = PathKey.withoutTrailingSlash(PathText.encoded(configuration.pathPrefix))
        return CompiledExternalAuth(
            backendIndex: index, maximumBodySize: max(configuration.maximumBodySize, 0),
            pathPrefix: arena.copy(prefix),
            allowedHeaders: CompiledNameSet(configuration.allowedHeaders, arena: arena),
            allowedResponseHeaders: CompiledNameSet(configuration.allowedResponseHeaders ?? [], arena: arena),
            takesAllResponseFields: configuration.allowedResponseHeaders == nil)
    }

    private func compile(_ session: SessionConfiguration) -> CompiledSession {
        var result = CompiledSession(
            name: arena.copy(session.name), isCookie: true,
            scope: UInt32(truncatingIfNeeded: SessionHash.finish(SessionHash.scope(session.scope))),
            absoluteTimeout: session.absoluteTimeoutSeconds, fieldName: arena.copy("Set-Cookie"),
            valuePrefix: arena.copy("\(session.name)="), attributes: arena.copy(""))
        switch session.carrier {
        case .cookie(let path, let isPermanent):
            var attributes = path.map { "; Path=\(CookiePath.attribute($0))" } ?? ""
            if isPermanent, result.absoluteTimeout > 0 { attributes += "; Max-Age=\(result.absoluteTimeout)" }
            result.attributes = arena.copy(attributes + "; HttpOnly; SameSite=Strict")
        case .header:
            result.isCookie = false
            result.name = arena.copy(session.name.lowercased())
            result.fieldName = arena.copy(session.name)
            result.valuePrefix = arena.copy("")
        }
        return result
    }
}

extension SessionConfiguration {
    /// Whether its name can be sent. A backend with another session counts as invalid.
    var isValid: Bool { HeaderModifier.isValid(name: name) }

    /// In whole seconds, at least 1; 0 without one.
    fileprivate var absoluteTimeoutSeconds: UInt32 {
        guard let absoluteTimeout else { return 0 }
        let (seconds, attoseconds) = absoluteTimeout.components
        let rounded = attoseconds > 0 ? seconds + 1 : seconds
        return UInt32(clamping: max(rounded, 1))
    }
}

/// The Path attribute of a cookie (RFC 6265 section 4.1.1).
enum CookiePath {
    /// The path, or as many of its first elements as an attribute can hold: no control characters, no semicolon.
    static func attribute(_ path: String) -> String {
        guard path.hasPrefix("/") else { return "/" }
        guard let bad = path.utf8.firstIndex(where: { $0 < 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: ";") }) else {
            return path
        }
        let start = path[..<bad]
        guard let slash = start.lastIndex(of: "/"), slash > start.startIndex else { return "/" }
        return String(start[..<slash])
    }
}
