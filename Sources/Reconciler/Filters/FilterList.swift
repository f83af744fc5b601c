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

    /// - Parameter path: of the list.
    init(
        _ list: [HTTPRouteFilter], _ level: Level, _ context: FilterContext, at path: FieldPath,
        _ findings: inout RuleFindings
    ) {
        if list.isEmpty { return }
        checkCompatibility(of: list, at: path, &findings)
        for (index, filter) in list.enumerated() {
            let path = path.index(index)
            if let problem = UnservedFilters.problem(filter, level, at: path) {
                findings.problems.append(problem)
            } else {
                apply(filter, context, at: path, &findings)
            }
        }
        settleHost(&findings)
    }

    private func checkCompatibility(of list: [HTTPRouteFilter], at path: FieldPath, _ findings: inout RuleFindings) {
        var types: Set<HTTPRouteFilterType> = []
        for (index, filter) in list.enumerated() where !types.insert(filter.type).inserted {
            if !filter.type.mayRepeat {
                findings.problems.append(
                    .incompatible(
                        .filterRepeatedInRule, path.index(index), "\(filter.type) occurs twice.", help: "Merge the two."
                    ))
            } else if filter.type == .externalAuth {
                findings.problems.append(
                    .unsupported(
                        .secondExternalAuth, path.index(index), "A rule can ask one authorization server only.",
                        help: "Let one server ask the other.", failsClosed: true))
            }
        }
        if types.contains(.requestRedirect), types.contains(.urlRewrite) {
            findings.problems.append(
                .incompatible(
                    .redirectAndRewrite, path, "A request cannot be redirected and rewritten.",
                    help: "Remove RequestRedirect or URLRewrite."))
        }
    }

    private mutating func apply(
        _ filter: HTTPRouteFilter, _ context: FilterContext, at path: FieldPath, _ findings: inout RuleFindings
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
                rewrite, matches: context.matches, at: path.field("urlRewrite"), &findings)
        } else if let redirect = filter.requestRedirect {
            self.redirect = RequestRedirectTranslation.translate(
                redirect, matches: context.matches, at: path.field("requestRedirect"), &findings)
        } else if let mirror = filter.requestMirror {
            let mirror = RequestMirrorTranslation.translate(
                mirror, context, at: path.field("requestMirror"), &findings)
            if let mirror { filters.mirrors.append(mirror) }
        } else if let cors = filter.cors {
            filters.cors = CORSPolicyTranslation.translate(cors, at: path.field("cors"), &findings)
        } else if let auth = filter.externalAuth {
            filters.externalAuth = ExternalAuthTranslation.translate(
                auth, context, at: path.field("externalAuth"), &findings)
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
                Finding(
                    .hostSetTwice, host.path,
                    "Host is not set to \(host.value), since URLRewrite sets it to \(hostname)."))
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

extension HTTPRouteFilterType {
    /// Whether one list may have several (CRD validation rules of `filters`).
    fileprivate var mayRepeat: Bool {
        switch self {
        case .requestMirror, .extensionRef, .externalAuth, .unrecognized: true
        case .requestHeaderModifier, .responseHeaderModifier, .requestRedirect, .urlRewrite, .cors: false
        }
    }
}
