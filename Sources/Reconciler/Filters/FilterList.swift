import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `filters` of a rule or of a backendRef.
struct FilterList {
    private(set) var filters = RuleFilters()
    private(set) var redirect: RequestRedirect?
    /// Host as a request header modifier sets it.
    private var host: (value: String, path: FieldPath)?

    enum Level {
        case rule, backend
    }

    /// - Parameters:
    ///   - matches: of the rule that the filters belong to.
    ///   - path: of the list.
    init(
        _ list: [HTTPRouteFilter], _ level: Level, matches: [HTTPRouteMatch], at path: FieldPath,
        _ findings: inout RuleFindings
    ) {
        checkCompatibility(of: list, at: path, &findings)
        for (index, filter) in list.enumerated() {
            let path = path.index(index)
            if let problem = Unserved.problem(filter, level, at: path) {
                findings.problems.append(problem)
            } else {
                apply(filter, matches: matches, at: path, &findings)
            }
        }
        settleHost(&findings)
    }

    private func checkCompatibility(of list: [HTTPRouteFilter], at path: FieldPath, _ findings: inout RuleFindings) {
        var types: Set<HTTPRouteFilterType> = []
        for (index, filter) in list.enumerated() {
            guard !types.insert(filter.type).inserted, !filter.type.mayRepeat else { continue }
            findings.problems.append(
                .incompatible(path.index(index), "\(filter.type) occurs twice.", help: "Merge the two."))
        }
        if types.contains(.requestRedirect), types.contains(.urlRewrite) {
            findings.problems.append(
                .incompatible(
                    path, "A request cannot be redirected and rewritten.",
                    help: "Remove RequestRedirect or URLRewrite."))
        }
    }

    private mutating func apply(
        _ filter: HTTPRouteFilter, matches: [HTTPRouteMatch], at path: FieldPath, _ findings: inout RuleFindings
    ) {
        if let modifier = filter.requestHeaderModifier {
            let path = path.field("requestHeaderModifier")
            let translated = HeaderModifierTranslation(modifier, .request, at: path, &findings)
            if !translated.isEmpty { filters.requestHeaders = translated.modifier }
            host = translated.host.map { ($0, path.field("set")) }
        } else if let modifier = filter.responseHeaderModifier {
            let translated = HeaderModifierTranslation(
                modifier, .response, at: path.field("responseHeaderModifier"), &findings)
            if !translated.isEmpty { filters.responseHeaders = translated.modifier }
        } else if let rewrite = filter.urlRewrite {
            filters.rewrite = URLRewriteTranslation.translate(
                rewrite, matches: matches, at: path.field("urlRewrite"), &findings)
        } else if let redirect = filter.requestRedirect {
            self.redirect = RequestRedirectTranslation.translate(
                redirect, matches: matches, at: path.field("requestRedirect"), &findings)
        }
    }

    /// Setting Host by a header modifier means what a hostname rewrite means.
    private mutating func settleHost(_ findings: inout RuleFindings) {
        guard let host else { return }
        guard Self.isHost(host.value) else {
            findings.problems.append(.notAHostname(host.value, at: host.path))
            return
        }
        var rewrite = filters.rewrite ?? URLRewrite()
        if let hostname = rewrite.hostname {
            findings.notes.append(
                Finding(host.path, "Host is not set to \(host.value), since URLRewrite sets it to \(hostname)."))
            return
        }
        rewrite.hostname = host.value
        filters.rewrite = rewrite
    }

    /// A name or an address, with or without a port.
    private static func isHost(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, UInt16(parts[1]) == nil { return false }
        let host = String(parts[0])
        return DNSName(host) != nil || IPAddressText(host) != nil
    }
}

/// Filters that this version does not serve.
private enum Unserved {
    static func problem(_ filter: HTTPRouteFilter, _ level: FilterList.Level, at path: FieldPath) -> RuleProblem? {
        switch filter.type {
        case .requestHeaderModifier: missing("requestHeaderModifier", filter.requestHeaderModifier, at: path)
        case .responseHeaderModifier: missing("responseHeaderModifier", filter.responseHeaderModifier, at: path)
        case .urlRewrite: missing("urlRewrite", filter.urlRewrite, at: path)
        case .requestRedirect:
            level == .rule
                ? missing("requestRedirect", filter.requestRedirect, at: path)
                : .unsupported(
                    path, "RequestRedirect is not served for a single backendRef.",
                    help: "Move it to the filters of a rule of its own.")
        case .requestMirror: .unsupported(path, "RequestMirror is not served by this version.")
        // These may decide who gets in; so may a filter that nothing is known about.
        case .cors, .externalAuth:
            .unsupported(path, "\(filter.type) is not served by this version.", failsClosed: true)
        case .extensionRef:
            .unsupported(
                path,
                "The filter " + (filter.extensionRef.map { "\($0.kind) \($0.name)" } ?? "that extensionRef should name")
                    + " is not known: this version has no filters of its own.",
                failsClosed: true)
        case .unrecognized(let type): .unsupported(path, "There is no filter \(type).", failsClosed: true)
        }
    }

    private static func missing(_ field: String, _ value: (some Sendable)?, at path: FieldPath) -> RuleProblem? {
        value == nil ? .unsupported(path, "The filter needs \(field).") : nil
    }
}

extension HTTPRouteFilterType {
    /// Whether one list may have several (CRD validation rules of `filters`).
    fileprivate var mayRepeat: Bool {
        switch self {
        case .requestMirror, .extensionRef, .externalAuth, .unrecognized: true
        case .requestHeaderModifier, .responseHeaderModifier, .requestRedirect, .urlRewrite, .cors: false
        }
    }
}
