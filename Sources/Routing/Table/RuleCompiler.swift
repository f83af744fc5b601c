import HTTPSemantics

/// Translates rules into plain data in an arena.
///
/// A configuration is valid by construction, but the bytes compiled here end up in requests and responses: a value that
/// would break them apart (a line break in a header value) makes its rule answer 500.
struct RuleCompiler {
    let arena: Arena
    let backendIndices: [BackendID: Int32]

    init(arena: Arena, backends: [BackendConfiguration]) {
        self.arena = arena
        backendIndices = Dictionary(
            backends.enumerated().map { ($1.id, Int32(truncatingIfNeeded: $0)) },
            uniquingKeysWith: { first, _ in first })
    }

    func compile(_ rule: RuleConfiguration, route: Int) -> CompiledRule {
        var result = CompiledRule(
            action: .respond, status: 500, totalWeight: 0, backends: UnsafeBufferPointer(start: nil, count: 0),
            requestHeaders: .none, responseHeaders: .none, rewrite: .none, redirect: .none,
            route: Int32(truncatingIfNeeded: route), index: Int32(truncatingIfNeeded: rule.index))
        guard let filters = compile(rule.filters) else { return result }
        result.requestHeaders = filters.requestHeaders
        result.responseHeaders = filters.responseHeaders
        result.rewrite = filters.rewrite
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
            result.backends = arena.copy(backends.prefix(Self.maximumBackends).map(compile))
        }
        return result
    }

    /// What the CRD allows for `weight`.
    private static let maximumWeight: UInt32 = 1_000_000
    /// The CRD allows 16; this keeps the sum of weights in 32 bits.
    private static let maximumBackends = 4096

    private func compile(_ backend: WeightedBackend) -> CompiledBackend {
        var index: Int32 = -1
        if case .backend(let id) = backend.destination { index = backendIndices[id] ?? -1 }
        let filters = compile(backend.filters)
        return CompiledBackend(
            weight: min(backend.weight, Self.maximumWeight), backendIndex: filters == nil ? -1 : index,
            requestHeaders: filters?.requestHeaders ?? .none, responseHeaders: filters?.responseHeaders ?? .none,
            rewrite: filters?.rewrite ?? .none)
    }

    // MARK: Filters; nil for one that cannot be carried out

    private struct Filters {
        var requestHeaders: CompiledHeaderModifier
        var responseHeaders: CompiledHeaderModifier
        var rewrite: CompiledRewrite
    }

    private func compile(_ filters: RuleFilters) -> Filters? {
        guard let requestHeaders = compile(filters.requestHeaders),
            let responseHeaders = compile(filters.responseHeaders), let rewrite = compile(filters.rewrite)
        else { return nil }
        return Filters(requestHeaders: requestHeaders, responseHeaders: responseHeaders, rewrite: rewrite)
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
            CompiledPathModifier(kind: .full, replacement: arena.copy(path.isEmpty ? "/" : Self.encodedPath(path)))
        case .replacePrefixMatch(let prefix):
            CompiledPathModifier(
                kind: .prefix, replacement: arena.copy(PathKey.withoutTrailingSlash(Self.encodedPath(prefix))))
        }
    }

    /// The path with a slash at its start, and with everything percent-encoded that cannot stand in a path (RFC 3986
    /// section 3.3): a space or line break would end the request line, `?` and `#` would begin another part.
    private static func encodedPath(_ path: String) -> String {
        guard !path.isEmpty else { return path }
        let bytes = Array(path.utf8)
        var result = path.hasPrefix("/") ? "" : "/"
        for (offset, byte) in bytes.enumerated() {
            let isEscape =
                byte == UInt8(ascii: "%") && offset + 2 < bytes.count
                && bytes[offset + 1...offset + 2].allSatisfy { ASCII.hexadecimalValue($0) != nil }
            if isEscape || isPathCharacter(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += byte < 0x10 ? "%0" : "%"
                result += String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// `pchar` or a slash, without `%`.
    private static func isPathCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","),
            UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
