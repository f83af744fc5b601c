import GatewayAPI
import KubernetesTypes
import Routing

/// Redirects that lead to themselves: a client that follows one gets it again.
enum RedirectLoopLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        var loops: [Place: [String]] = [:]
        for listener in context.listeners {
            guard let scheme = listener.scheme else { continue }
            for (index, hostnames) in listener.routes {
                for rule in context.routes[index].rules {
                    guard case .redirect(let redirect) = rule.action, redirect.stays(on: listener, scheme: scheme)
                    else { continue }
                    let isLoop = hostnames.contains { hostname in
                        redirect.staysOn(hostname, of: listener, context)
                            && rule.matches.contains { redirect.returns(to: $0, in: listener, context) }
                    }
                    if isLoop { loops[Place(route: index, rule: rule.index), default: []].append(listener.spec.name) }
                }
            }
        }
        return loops.map { diagnostic(context.routes[$0.route], $0.rule, listeners: $1) }
    }

    private struct Place: Hashable {
        var route: Int
        var rule: Int
    }

    private static func diagnostic(_ route: RouteEvaluation, _ rule: Int, listeners: [String]) -> Diagnostic {
        let filters = (route.route.gatewayRoute as? HTTPRoute)?.spec.rules[rule].filters ?? []
        let index = filters.firstIndex { $0.requestRedirect != nil } ?? 0
        let isUpgrade = filters.contains { $0.requestRedirect?.scheme == .https }
        return Diagnostic(
            object: route.key, code: .redirectLoop, severity: .warning,
            path: FieldPath("spec.rules").index(rule).field("filters").index(index).field("requestRedirect"),
            message: "On listener \(Wording.list(listeners)) the redirect leads to itself: whoever follows it is "
                + "redirected for ever.",
            help: isUpgrade
                ? "Attach the route to the HTTP listener only, with sectionName, and serve HTTPS by another route."
                : "Redirect to another host, path or scheme than those that the rule matches.")
    }
}

extension LintListener {
    /// Of the URLs that clients reach it with; nil for listeners that take no HTTP.
    fileprivate var scheme: RequestRedirect.Scheme? {
        switch spec.protocol {
        case .http: .http
        case .https: .https
        default: nil
        }
    }
}

extension RequestRedirect {
    fileprivate func stays(on listener: LintListener, scheme own: Scheme) -> Bool {
        guard scheme ?? own == own else { return false }
        let wellKnown: UInt16? = scheme.map { $0 == .http ? 80 : 443 }
        return (port ?? wellKnown ?? listener.spec.port) == listener.spec.port
    }

    /// Whether the next request is for a host that the same route serves.
    fileprivate func staysOn(_ pattern: HostnamePattern, of listener: LintListener, _ context: LintContext) -> Bool {
        guard let hostname else { return true }
        // A listener for every host need not be the one that the new name leads to.
        guard pattern != .any, pattern.matches(hostname) else { return false }
        // A route or listener that is more specific about the new host takes the next request.
        return context.listeners.allSatisfy { other in
            guard other.isSame(as: listener) || other.sharesPort(with: listener) else { return true }
            return other.routes.allSatisfy { route in
                route.hostnames.allSatisfy { !$0.matches(hostname) || $0.specificity <= pattern.specificity }
            }
        }
    }

    /// Whether the next request has another method than the match: after 301, 302 and 303 clients go on with GET
    /// (RFC 9110 sections 15.4.2 to 15.4.4).
    private func changesMethod(of match: RequestMatch) -> Bool {
        guard let method = match.method else { return false }
        return [301, 302, 303].contains(statusCode) && method != "GET" && method != "HEAD"
    }

    /// Whether the next request is taken by the same match.
    fileprivate func returns(to match: RequestMatch, in listener: LintListener, _ context: LintContext) -> Bool {
        if changesMethod(of: match) { return false }
        let target: String
        switch path {
        case nil: return true
        case .replaceFullPath(let full): target = full
        case .replacePrefixMatch(let replacement):
            guard case .prefix(let prefix) = match.path else { return false }
            if LintPath.withoutTrailingSlash(prefix) == LintPath.withoutTrailingSlash(replacement) { return true }
            target = replacement.isEmpty ? "/" : replacement
        }
        guard match.path.takes(target) == true else { return false }
        // Another match that is at least as specific may take the new path; an expression may too.
        return !context.hasOtherMatch(of: target, than: match, in: listener)
    }
}

extension LintContext {
    fileprivate func hasOtherMatch(of path: String, than match: RequestMatch, in listener: LintListener) -> Bool {
        listener.routes.contains { index, _ in
            routes[index].rules.contains { rule in
                rule.matches.contains { other in
                    other.path != match.path && other.path.takes(path) != false
                        && other.path.length >= match.path.length
                }
            }
        }
    }
}

extension PathMatch {
    /// How specific it is among matches that take the same path.
    fileprivate var length: Int {
        switch self {
        case .exact, .regularExpression, .rpc: .max
        case .prefix(let prefix): LintPath.withoutTrailingSlash(prefix).utf8.count
        }
    }
}
