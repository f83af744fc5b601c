import GatewayAPI
import KubernetesTypes
import Routing

/// Everything that follows from one HTTPRoute or GRPCRoute and its surroundings. Immutable, so that the `Memo` can hand it out again
/// for as long as neither changes.
final class RouteEvaluation: Sendable {
    let route: RequestRoute
    let created: Timestamp?
    let dependencies: RouteDependencies
    /// The listeners that take the route, each once.
    let attachments: [Attachment]
    let configuration: RouteConfiguration
    /// All that it sends requests to, mirrors and authorization servers included. Sorted.
    let backends: [BackendID]
    /// What its references lead to, also where it cannot be used. Sorted.
    let targets: [BackendTarget]
    /// nil when no parent is ours.
    let status: ObjectStatus<RouteStatus>?
    let diagnostics: [Diagnostic]
    let problems: [String]

    struct Attachment: Sendable {
        var gateway: ObjectName
        /// Index into the Gateway's listeners, those of its ListenerSets included.
        var listener: Int
        var hostnames: [HostnamePattern]
        /// False when the route is not accepted and only its guards are served.
        var isCounted: Bool
    }

    init(_ route: RequestRoute, environment: RouteEnvironment) {
        let rules = RouteRules(route, backends: environment.backends)
        let parents = RouteParents(route.object, rules: rules, environment: environment)
        let key = route.key
        self.route = route
        created = route.object.metadata.creationTimestamp
        dependencies = RouteDependencies(route, in: environment.state)
        attachments = parents.attachments
        configuration = RouteConfiguration(kind: route.kind, name: route.name, rules: rules.configurations)
        backends = Set(rules.configurations.flatMap(\.backends)).sorted()
        targets = rules.targets
        status =
            parents.hasParent ? ObjectStatus(key: key, status: RouteStatus(parents: parents.statuses)) : nil
        diagnostics = (parents.findings + (parents.hasParent ? rules.findings : [])).map { $0.diagnostic(for: key) }
        problems = parents.statuses.flatMap(\.conditions).problems
    }
}

/// What routes are evaluated against.
struct RouteEnvironment {
    var state: ClusterState
    var settings: ReconcilerSettings
    var parents: [ParentName: RouteParent]
    /// In conflict order.
    var defaultGateways: [ParentName]

    var policies: PolicyIndex

    var backends: BackendResolution {
        BackendResolution(state: state, externalNameServices: settings.externalNameServices, policies: policies)
    }
}

extension RuleConfiguration {
    fileprivate var backends: [BackendID] {
        var backends = filters.mirrors.map(\.backend)
        if let auth = filters.externalAuth?.backend { backends.append(auth) }
        guard case .forward(let forwarded) = action else { return backends }
        for backend in forwarded {
            if case .backend(let id) = backend.destination { backends.append(id) }
        }
        return backends
    }
}
