import HTTPSemantics
import Routing

/// What a rule's filters make of the request and the answer, by the compiled filters themselves.
struct RequestTransformation {
    let request: ReceivedRequest
    let rule: UnsafePointer<CompiledRule>
    let prefixLength: Int
    /// Whether the request came over TLS.
    let isSecure: Bool

    /// - Parameter backend: the chosen one; nil for what the rule does alone.
    func request(for backend: CompiledBackend?) -> Explanation.ForwardedRequest {
        let modifiers = [rule.pointee.requestHeaders] + (backend.map { [$0.requestHeaders] } ?? [])
        let passedOn = request.fields.filter { !$0.isHopByHop && !Self.isReplaced($0.known) }
        var fields = passedOn.map { ExplainRequest.Field(name: $0.name, value: $0.value) }
        fields += forwardedFields
        let before = fields
        for modifier in modifiers { modifier.apply(to: &fields) }
        let removed = passedOn.map(\.name).filter { name in modifiers.contains { $0.removes(name) } }
        let forwardedNames = Set(before.dropFirst(passedOn.count).map { $0.name.lowercased() })
        var added = [ExplainRequest.Field]()
        for modifier in modifiers { modifier.apply(to: &added) }
        return Explanation.ForwardedRequest(
            method: request.method, path: path(for: backend), query: request.query, host: host(for: backend),
            headers: fields,
            changes: Explanation.HeaderChanges(
                added: added,
                removed: Self.distinct(removed)
                    + forwardedNames.sorted().filter { name in modifiers.contains { $0.removes(name) } }))
    }

    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0.lowercased()).inserted }
    }

    /// Fields that the proxy writes itself.
    private static func isReplaced(_ known: KnownField) -> Bool {
        switch known {
        case .host, .xForwardedFor, .xForwardedProto, .xForwardedHost: true
        default: false
        }
    }

    /// What the data plane adds to every request.
    private var forwardedFields: [ExplainRequest.Field] {
        let hops = request.fields.filter { $0.known == .xForwardedFor && !$0.value.isEmpty }.map(\.value)
        var fields = [
            ExplainRequest.Field(
                name: "X-Forwarded-For", value: (hops + ["<client address>"]).joined(separator: ", ")),
            ExplainRequest.Field(name: "X-Forwarded-Proto", value: isSecure ? "https" : "http"),
        ]
        if !request.authority.isEmpty {
            fields.append(ExplainRequest.Field(name: "X-Forwarded-Host", value: request.authority))
        }
        return fields
    }

    private func path(for backend: CompiledBackend?) -> String {
        let own = backend?.rewrite.path.isEmpty == false ? backend?.rewrite : nil
        let rewrite = own ?? rule.pointee.rewrite
        guard !rewrite.path.isEmpty else { return request.path }
        return request.withView { view in
            let limit = rewrite.maximumPathLength(path: view.path)
            return String(unsafeUninitializedCapacity: max(limit, 1)) { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return rewrite.write(
                    path: view.path, prefixLength: prefixLength, into: UnsafeMutableRawPointer(start))
            }
        }
    }

    private func host(for backend: CompiledBackend?) -> String {
        let own = backend?.rewrite.hostname ?? UnsafeRawBufferPointer(start: nil, count: 0)
        let hostname = own.count > 0 ? own : rule.pointee.rewrite.hostname
        return hostname.count > 0 ? String(decoding: hostname, as: UTF8.self) : request.authority
    }

    func location(listenerPort: UInt16) -> String {
        let redirect = rule.pointee.redirect
        return request.withView { view in
            let limit = redirect.maximumLocationLength(host: view.host, path: view.path, query: view.query)
            return String(unsafeUninitializedCapacity: max(limit, 1)) { buffer in
                redirect.writeLocation(
                    requestIsTLS: isSecure, host: view.host, listenerPort: listenerPort, path: view.path,
                    query: view.query, prefixLength: prefixLength, into: UnsafeMutableRawBufferPointer(buffer)) ?? 0
            }
        }
    }

    /// - Parameters:
    ///   - filters: of the rule, for the names that are taken out.
    ///   - backend: the chosen one with its filters; nil for what the rule does alone.
    func responseChanges(
        of filters: RuleFilters, backend: (compiled: CompiledBackend, filters: RuleFilters)?
    ) -> Explanation.HeaderChanges {
        var added = [ExplainRequest.Field]()
        backend?.compiled.responseHeaders.apply(to: &added)
        rule.pointee.responseHeaders.apply(to: &added)
        let names = [filters.responseHeaders, backend?.filters.responseHeaders].compactMap(\.self)
            .flatMap { $0.set.map(\.name) + $0.remove }
        let removed = names.filter { name in
            rule.pointee.responseHeaders.removes(name) || backend?.compiled.responseHeaders.removes(name) == true
        }
        return Explanation.HeaderChanges(added: added, removed: Self.distinct(removed))
    }
}

extension CompiledHeaderModifier {
    /// Does to a list of fields what the data plane does to a message.
    fileprivate func apply(to fields: inout [ExplainRequest.Field]) {
        fields.removeAll { removes($0.name) }
        // `lines` has the names in lower case; these have them as they are configured.
        for line in String(decoding: http1Lines, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields.append(
                ExplainRequest.Field(
                    name: String(line[..<colon]), value: String(line[colon...].dropFirst(2))))
        }
    }

    fileprivate func removes(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { removes(name: UnsafeRawBufferPointer($0)) }
    }
}
