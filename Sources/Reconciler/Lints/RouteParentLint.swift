import GatewayAPI
import KubernetesTypes
import Routing

/// Routes, and hostnames of routes, that no listener takes although nothing is refused.
enum RouteParentLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        var hostnames: [Int: [HostnamePattern]] = [:]
        var offered: [Int: [LintListener]] = [:]
        for listener in context.listeners {
            for (index, served) in listener.routes {
                hostnames[index, default: []] += served
                offered[index, default: []].append(listener)
            }
        }
        return context.routes.enumerated().flatMap { index, route -> [Diagnostic] in
            let written = route.route.gatewayRoute
            if written.parentRefs.isEmpty {
                return written.useDefaultGateways == nil ? [withoutParents(route)] : []
            }
            guard let served = hostnames[index], route.hasOnlyGatewayParents else { return [] }
            return unserved(route, served, listeners: offered[index] ?? [])
        }
    }

    private static func withoutParents(_ route: RouteEvaluation) -> Diagnostic {
        Diagnostic(
            object: route.key, code: .routeWithoutParents, severity: .warning, path: FieldPath("spec"),
            message: "The route has no parentRefs: no Gateway serves it.",
            help: "Name a Gateway in spec.parentRefs.")
    }

    private static func unserved(
        _ route: RouteEvaluation, _ served: [HostnamePattern], listeners: [LintListener]
    ) -> [Diagnostic] {
        route.route.gatewayRoute.hostnames.enumerated().compactMap { index, text in
            guard let pattern = HostnamePattern(text), !served.contains(where: { pattern.contains($0) }) else {
                return nil
            }
            let offers = listeners.map { "\($0.spec.name) has \($0.hostname?.description ?? "none")" }
            return Diagnostic(
                object: route.key, code: .hostnameUnserved, severity: .warning,
                path: FieldPath("spec.hostnames").index(index),
                message: "No listener takes \(text): listener \(Wording.list(offers)).",
                help: isApex(pattern, of: listeners)
                    ? "*.\(text) takes names below \(text), not \(text) itself: add a listener for it."
                    : "Add a listener with this hostname, or take it out of the route.")
        }
    }

    /// Whether a listener has the wildcard below the name.
    private static func isApex(_ pattern: HostnamePattern, of listeners: [LintListener]) -> Bool {
        guard case .exact(let name) = pattern else { return false }
        return listeners.contains { $0.hostname == .wildcard(name) }
    }
}

extension RouteEvaluation {
    /// Other parents may take what these do not.
    fileprivate var hasOnlyGatewayParents: Bool {
        route.gatewayRoute.parentRefs.allSatisfy { $0.group == gatewayAPIGroup }
            && status?.status.parents.count == route.gatewayRoute.parentRefs.count
    }
}
