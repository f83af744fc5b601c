import GatewayAPI
import KubernetesTypes
import Routing

/// Equal matches of different routes on one listener: the older route, or the first by name, takes the requests.
enum RouteOverlapLint: Lint {
    /// Where a match competes with others.
    private struct Place: Hashable {
        var listener: Int
        var hostname: HostnamePattern
        var match: MatchIdentity
    }

    private struct Loss {
        var listener: Int
        var hostname: HostnamePattern
        /// Index of the route that takes the requests.
        var winner: Int
    }

    /// One match of one route.
    private struct Claim: Hashable {
        var route: Int
        /// Position in the configuration, and in the manifest.
        var rule: Int
        var ruleIndex: Int
        var match: Int
    }

    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        var owners: [Place: Int] = [:]
        var claims: [Claim] = []
        var places: [Claim: Int] = [:]
        var losses: [Claim: [Loss]] = [:]
        for (number, listener) in context.listeners.enumerated() {
            for (route, hostnames) in listener.routes {
                for (claim, identity) in matches(of: context.routes[route], route) {
                    if places[claim] == nil { claims.append(claim) }
                    places[claim, default: 0] += hostnames.count
                    for hostname in hostnames {
                        let place = Place(listener: number, hostname: hostname, match: identity)
                        let owner = owners[place, default: route]
                        owners[place] = owner
                        guard owner != route else { continue }
                        losses[claim, default: []].append(Loss(listener: number, hostname: hostname, winner: owner))
                    }
                }
            }
        }
        return claims.compactMap { claim in
            guard let losses = losses[claim], let total = places[claim] else { return nil }
            return diagnostic(claim, losses, isTotal: losses.count == total, context)
        }
    }

    /// Every match once: repetitions in one route are a matter of `ShadowedMatchLint`.
    private static func matches(of route: RouteEvaluation, _ index: Int) -> [(Claim, MatchIdentity)] {
        var seen: Set<MatchIdentity> = []
        var result: [(Claim, MatchIdentity)] = []
        for (position, rule) in route.rules.enumerated() {
            for (number, match) in rule.matches.enumerated() {
                let identity = MatchIdentity(match)
                guard seen.insert(identity).inserted else { continue }
                result.append((Claim(route: index, rule: position, ruleIndex: rule.index, match: number), identity))
            }
        }
        return result
    }

    private static func diagnostic(
        _ claim: Claim, _ losses: [Loss], isTotal: Bool, _ context: LintContext
    ) -> Diagnostic {
        let route = context.routes[claim.route]
        let winners = Set(losses.map(\.winner)).sorted().map { context.routes[$0] }
        let isForeign = winners.contains { $0.name.namespace != route.name.namespace }
        let identity = MatchIdentity(route.rules[claim.rule].matches[claim.match])
        var hosts: [String] = []
        for loss in losses {
            let host = loss.hostname == .any ? "every host" : "\(loss.hostname)"
            if !hosts.contains(host) { hosts.append(host) }
        }
        // GRPCRoutes and HTTPRoutes have no matches in common.
        let names = "\(route.kind.name) \(Wording.list(winners.map { "\($0.name)" }))"
        let path = FieldPath("spec.rules").index(claim.ruleIndex)
        let isOnlyMatch = route.rules[claim.rule].matches.count == 1
        let scope = "for \(Wording.list(hosts)) (\(identity.description))"
        return Diagnostic(
            object: route.key, code: isForeign ? .matchTakenByNamespace : .matchTakenByRoute,
            severity: .warning, path: isOnlyMatch ? path : path.field("matches").index(claim.match),
            message: isTotal
                ? "This match can never take a request: \(names) has the same \(scope) and comes first."
                : "\(names) has the same match \(scope) and takes those requests.",
            help: isForeign
                ? "Agree on who serves it: the older route wins, then the first by namespace and name."
                : "Merge the routes, or make one of them more specific; the older one wins, then the first by name.")
    }
}
