import GatewayAPI
import KubernetesTypes
import Routing

/// Hostnames that requests never reach: a request goes to the most specific listener of its port and to no other
/// (Gateway API, listener isolation), so a route on a wider listener does not see it.
enum ListenerHostnameLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        var result: [Diagnostic] = []
        for listener in context.listeners {
            let neighbours = context.listeners.filter {
                $0.sharesPort(with: listener) && $0.isMoreSpecific(than: listener)
            }
            if neighbours.isEmpty { continue }
            for (index, hostnames) in listener.routes {
                let route = context.routes[index]
                for hostname in hostnames where hostname != listener.hostname {
                    let better = neighbours.filter { $0.hostname?.contains(hostname) ?? false }
                        .max { $0.specificity < $1.specificity }
                    guard let better, !better.routes.contains(where: { $0.route == index }) else { continue }
                    result.append(diagnostic(route, hostname, listener, better))
                }
            }
        }
        return result
    }

    private static func diagnostic(
        _ route: RouteEvaluation, _ hostname: HostnamePattern, _ listener: LintListener, _ better: LintListener
    ) -> Diagnostic {
        let written = route.route.gatewayRoute.hostnames.firstIndex { HostnamePattern($0) == hostname }
        let path = FieldPath("spec.hostnames")
        return Diagnostic(
            object: route.key, code: .hostnameOfOtherListener, severity: .warning,
            path: written.map(path.index) ?? path,
            message:
                "\(route.kind.isStream ? "Connections" : "Requests") for \(hostname) never reach the route: on port \(listener.spec.port) of Gateway "
                + "\(listener.gateway) they go to listener \(better.spec.name), and the route is attached to "
                + "\(listener.spec.name).",
            help: RouteKind.carried(by: better.spec.protocol).contains(route.kind)
                ? "Attach the route to listener \(better.spec.name) too: name both in parentRefs, or leave sectionName "
                    + "out."
                : "Give listener \(better.spec.name), which carries no \(route.kind.name), another hostname.")
    }
}

extension LintListener {
    fileprivate var specificity: HostnamePattern.Specificity { (hostname ?? .any).specificity }

    fileprivate func isMoreSpecific(than other: LintListener) -> Bool {
        hostname != nil && specificity > other.specificity
    }
}
