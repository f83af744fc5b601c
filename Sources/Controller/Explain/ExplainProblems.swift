import Explain
import GatewayAPI
import KubernetesTypes
import Manifests
import Reconciler
import Routing

/// Picks out the problems of manifests that the outcome of a request has to do with.
struct ExplainProblems {
    let subject: ExplainSubject

    func problems(for explanation: Explanation) -> [Explanation.Problem] {
        unreadable + refusedRoutes(for: explanation) + findings(for: explanation)
    }

    /// Objects with errors are not there, whatever they would have been.
    private var unreadable: [Explanation.Problem] {
        subject.manifests.diagnostics.filter { $0.severity == .error }.map { diagnostic in
            Explanation.Problem(
                source: "\(diagnostic.location)", object: diagnostic.object,
                message: sentence(diagnostic.message, diagnostic.help))
        }
    }

    /// Routes for the host that no listener takes, or not every parent, with what their status says.
    private func refusedRoutes(for explanation: Explanation) -> [Explanation.Problem] {
        let statuses = subject.outcome.statuses.httpRoutes + subject.outcome.statuses.grpcRoutes
        return routes(for: explanation.request.host).flatMap { decoded -> [Explanation.Problem] in
            let object = "\(decoded.key)"
            let source = "\(decoded.source)"
            guard let status = statuses.first(where: { $0.key == decoded.key }) else {
                return [
                    Explanation.Problem(
                        source: source, object: object,
                        message: "It is for this host, but none of its parentRefs is a Gateway of weir, so it serves "
                            + "nothing.")
                ]
            }
            return status.status.parents.compactMap { parent in
                let accepted = parent.conditions.first { $0.type == RouteConditionType.accepted.rawValue }
                guard let accepted, accepted.status != .true else { return nil }
                return Explanation.Problem(
                    source: source, object: object,
                    message: "It is for this host, but not accepted by \(parent.parentRef.kind) "
                        + "\(parent.parentRef.name) (\(accepted.reason)): \(accepted.message)")
            }
        }
    }

    /// What reconciling had to say about the objects that take part.
    private func findings(for explanation: Explanation) -> [Explanation.Problem] {
        let routes = Set(routes(for: explanation.request.host).map(\.key))
        let gateways = Set(explanation.listeners.map(\.gateway))
        let places = Dictionary(
            subject.manifests.objects.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let relevant = subject.outcome.diagnostics.filter { diagnostic in
            let name = "\(diagnostic.object.namespace)/\(diagnostic.object.name)"
            let isGateway = diagnostic.object.groupKind == Gateway.groupKind
            // Without a listener every Gateway may be the one that should have it.
            return routes.contains(diagnostic.object)
                || isGateway && (gateways.isEmpty || gateways.contains(name))
        }
        return relevant.map { diagnostic in
            Explanation.Problem(
                source: places[diagnostic.object].map { "\($0.fieldLocations.location(of: diagnostic.path))" },
                object: "\(diagnostic.object)", message: sentence(diagnostic.message, diagnostic.help))
        }
    }

    /// Those with a hostname for `host`, or with none at all.
    private func routes(for host: String) -> [DecodedObject] {
        subject.manifests.objects.filter { decoded in
            let hostnames: [String]
            switch decoded.object {
            case .httpRoute(let route): hostnames = route.hostnames
            case .grpcRoute(let route): hostnames = route.hostnames
            default: return false
            }
            return hostnames.isEmpty || hostnames.compactMap(HostnamePattern.init).contains { $0.matches(host) }
        }
    }

    private func sentence(_ message: String, _ help: String) -> String {
        help.isEmpty ? message : "\(message) \(help)"
    }
}
