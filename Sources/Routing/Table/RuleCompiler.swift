import HTTPSemantics

/// Translates rules into plain data in an arena.
///
/// A configuration is valid by construction, but the bytes compiled here end up in requests and responses: a value that
/// would break them apart (a line break in a header value) makes its rule answer 500.
struct RuleCompiler {
    let arena: Arena
    private let backendIndices: [BackendID: Int32]
    private let extrasCompiler: ExtrasCompiler

    init(arena: Arena, backendIndices: [BackendID: Int32]) {
        self.arena = arena
        self.backendIndices = backendIndices
        extrasCompiler = ExtrasCompiler(arena: arena, backendIndices: backendIndices)
    }

    func compile(_ rule: RuleConfiguration, route: Int) -> CompiledRule {
        var result = CompiledRule(
            action: .respond, status: 500, totalWeight: 0, backends: UnsafeBufferPointer(start: nil, count: 0),
            requestHeaders: .none, responseHeaders: .none, rewrite: .none, redirect: .none, extras: nil,
            route: Int32(truncatingIfNeeded: route), index: Int32(truncatingIfNeeded: rule.index))
        guard let filters = compile(rule.filters) else { return result }
        // Without its authorization server a rule lets nobody in. CORS stays, so that pages may read the answer.
        let mayServe = rule.filters.externalAuth == nil || filters.others.externalAuth != nil
        let sessions = sessions(of: rule.action)
        result.extras = extrasCompiler.compile(rule, sessions: sessions, filters: filters.others)
        result.requestHeaders = filters.requestHeaders
        result.responseHeaders = filters.responseHeaders
        result.rewrite = filters.rewrite
        guard mayServe else { return result }
        switch rule.action {
        case .respond(let status):
            result.status = status
        case .redirect(let redirect):
            guard let compiled = compile(redirect) else { return result }
            result.action = .redirect
            result.status = redirect.statusCode
            result.redirect = compiled
        case .forward(let backends):
            let total = backends.reduce(into: UInt32(0)) { $0 += min($1.weight, Self.maximumWeight) }
            guard total > 0 else { return result }
            result.action = .forward
            result.status = 0
            result.totalWeight = total
            result.backends = arena.copy(backends.prefix(Self.maximumBackends).map { compile($0, sessions: sessions) })
        }
        return result
    }

    /// What the CRD allows for `weight`.
    private static let maximumWeight: UInt32 = 1_000_000
    /// The CRD allows 16; this keeps the sum of weights in 32 bits.
    private static let maximumBackends = 4096

    private func compile(_ backend: WeightedBackend, sessions: [SessionConfiguration]) -> CompiledBackend {
        var result = CompiledBackend(
            weight: min(backend.weight, Self.maximumWeight), backendIndex: -1, requestHeaders: .none,
            responseHeaders: .none, rewrite: .none, session: -1, sessionKey: 0)
        // The proxy carries these out for rules only. Nobody may come past an authorization because it stands in a place
        // where none is looked for.
        guard backend.filters.externalAuth == nil, backend.filters.cors == nil, backend.filters.mirrors.isEmpty,
            case .backend(let id) = backend.destination, let index = backendIndices[id],
            let filters = compile(backend.filters)
        else { return result }
        if let session = backend.session {
            guard let number = sessions.firstIndex(of: session) else { return result }
            result.session = Int32(number)
            result.sessionKey = SessionHash.backend(id, scope: SessionHash.scope(session.scope))
        }
        result.backendIndex = index
        result.requestHeaders = filters.requestHeaders
        result.responseHeaders = filters.responseHeaders
        result.rewrite = filters.rewrite
        return result
    }

    /// The distinct ones of a rule's backends.
    private func sessions(of action: RuleAction) -> [SessionConfiguration] {
        guard case .forward(let backends) = action else { return [] }
        var sessions: [SessionConfiguration] = []
        for case let session? in backends.lazy.map(\.session) where session.isValid && !sessions.contains(session) {
            sessions.append(session)
        }
        return sessions
    }

    // MARK: Filters; nil for one that cannot be carried out

    private struct Filters {
        var requestHeaders: CompiledHeaderModifier
        var responseHeaders: CompiledHeaderModifier
        var rewrite: CompiledRewrite
        /// Without an authorization whose backend cannot be used.
        var others: CompiledFilters
    }

    private func compile(_ filters: RuleFilters) -> Filters? {
        guard let requestHeaders = compile(filters.requestHeaders),
            let responseHeaders = compile(filters.responseHeaders), let rewrite = compile(filters.rewrite),
            let others = extrasCompiler.compile(filters)
        else { return nil }
        return Filters(
            requestHeaders: requestHeaders, responseHeaders: responseHeaders, rewrite: rewrite, others: others)
    }

    private func compile(_ modifier: HeaderModifier?) -> CompiledHeaderModifier? {
        guard let modifier else { return CompiledHeaderModifier.none }
        guard modifier.isValid else { return nil }
        let fields = (modifier.set + modifier.add).filter { HeaderModifier.isModifiable(name: $0.name) }
        let removed = (modifier.set.map(\.name) + modifier.remove).filter(HeaderModifier.isModifiable(name:))
        let text = fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        return CompiledHeaderModifier(
            lengthMask: removed.reduce(0) { $0 | 1 << UInt64($1.utf8.count & 63) },
            removedNames: arena.copy(removed.map { arena.copy($0.lowercased()) }),
            http1Lines: arena.copy(text),
            lines: arena.copy(
                fields.map {
                    CompiledFieldLine(name: arena.copy($0.name.lowercased()), value: arena.copy($0.value))
                }))
    }

    private func compile(_ rewrite: URLRewrite?) -> CompiledRewrite? {
        guard let rewrite else { return CompiledRewrite.none }
        guard let hostname = compileHostname(rewrite.hostname) else { return nil }
        return CompiledRewrite(hostname: hostname, path: compile(rewrite.path))
    }

    private func compile(_ redirect: RequestRedirect) -> CompiledRedirect? {
        guard let hostname = compileHostname(redirect.hostname) else { return nil }
        let scheme: CompiledRedirect.Scheme =
            switch redirect.scheme {
            case nil: .ofRequest
            case .http: .http
            case .https: .https
            }
        return CompiledRedirect(
            scheme: scheme, port: redirect.port ?? 0, hostname: hostname, path: compile(redirect.path))
    }

    private func compileHostname(_ hostname: String?) -> UnsafeRawBufferPointer? {
        guard let hostname else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        guard let name = DNSName(hostname) else { return nil }
        return arena.copy(name.text)
    }

    private func compile(_ path: PathModifier?) -> CompiledPathModifier {
        switch path {
        case nil: .none
        case .replaceFullPath(let path):
            CompiledPathModifier(kind: .full, replacement: arena.copy(path.isEmpty ? "/" : PathText.encoded(path)))
        case .replacePrefixMatch(let prefix):
            CompiledPathModifier(
                kind: .prefix, replacement: arena.copy(PathKey.withoutTrailingSlash(PathText.encoded(prefix))))
        }
    }
}
