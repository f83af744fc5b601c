import GatewayAPI
import KubernetesTypes
import Routing

/// TLSRoutes, TCPRoutes and UDPRoutes that share a listener: the older route, or the first by name, gets everything, and
/// both are accepted all the same.
enum StreamOverlapLint: Lint {
    /// What a route wants to have.
    private struct Place: Hashable {
        var listener: Int
        /// The server name; `.any` for TCP and UDP, where the whole listener is one route's.
        var hostname: HostnamePattern
    }

    private struct Loss {
        var place: Place
        /// Index of the route that gets the connections.
        var winner: Int
    }

    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        var owners: [Place: Int] = [:]
        var wanted: [Int: Int] = [:]
        var losses: [Int: [Loss]] = [:]
        for (number, listener) in context.listeners.enumerated() {
            for (route, hostnames) in listener.routes where context.routes[route].kind.isStream {
                wanted[route, default: 0] += hostnames.count
                for hostname in hostnames {
                    let place = Place(listener: number, hostname: hostname)
                    let owner = owners[place, default: route]
                    owners[place] = owner
                    if owner != route { losses[route, default: []].append(Loss(place: place, winner: owner)) }
                }
            }
        }
        return losses.map { route, losses in
            diagnostic(context.routes[route], losses, isTotal: losses.count == wanted[route], context)
        }
    }

    private static func diagnostic(
        _ route: RouteEvaluation, _ losses: [Loss], isTotal: Bool, _ context: LintContext
    ) -> Diagnostic {
        let winners = Set(losses.map(\.winner)).sorted().map { context.routes[$0] }
        let isForeign = winners.contains { $0.name.namespace != route.name.namespace }
        var places: [String] = []
        for loss in losses {
            let listener = context.listeners[loss.place.listener].spec.name
            let place = route.kind == .tls ? "\(loss.place.hostname) on listener \(listener)" : "listener \(listener)"
            if !places.contains(place) { places.append(place) }
        }
        let what = route.kind == .udp ? "datagram" : "connection"
        let names = Wording.list(winners.map { "\($0.name)" })
        return Diagnostic(
            object: route.key, code: isForeign ? .matchTakenByNamespace : .matchTakenByRoute, severity: .warning,
            path: FieldPath("spec.parentRefs"),
            message: isTotal
                ? "This route never gets a \(what): \(route.kind.name) \(names) has \(Wording.list(places)) and comes first."
                : "\(route.kind.name) \(names) has \(Wording.list(places)) and gets those \(what)s.",
            help: isForeign
                ? "Agree on who serves it: the older route wins, then the first by namespace and name."
                : "To split the \(what)s put all backendRefs into one route, with weights; otherwise use another "
                    + (route.kind == .tls ? "hostname." : "port."))
    }
}
