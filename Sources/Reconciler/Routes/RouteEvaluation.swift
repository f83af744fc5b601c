import GatewayAPI
import KubernetesTypes
import Routing

/// Everything that follows from one route and its surroundings. Immutable, so that the `Memo` can hand it out again
/// for as long as neither changes.
final class RouteEvaluation: Sendable {
    let route: any StoredRoute
    let kind: RouteKind
    let key: ObjectKey
    let name: ObjectName
    let created: Timestamp?
    let dependencies: RouteDependencies
    /// The listeners that take the route, each once.
    let attachments: [Attachment]
    let configuration: Configuration
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

    /// What the data plane gets.
    enum Configuration: Sendable {
        /// Of HTTPRoutes and GRPCRoutes.
        case requests(RouteConfiguration)
        /// Of TLSRoutes, TCPRoutes and UDPRoutes.
        case streams(StreamRouteConfiguration)
    }

    init<Route: ReconciledRoute>(_ stored: Stored<Route>, environment: RouteEnvironment) {
        let route = stored.object
        let rules = route.translated(environment.backends)
        let parents = RouteParents(route, rules: rules, environment: environment)
        let key = route.key
        self.route = stored
        self.key = key
        name = stored.name
        kind = Route.routeKind
        created = route.metadata.creationTimestamp
        dependencies = RouteDependencies(route, in: environment.state)
        attachments = parents.attachments
        configuration = rules.configuration
        backends = rules.backends
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
    var material: KeyMaterial

    var backends: BackendResolution {
        BackendResolution(
            state: state, externalNameServices: settings.externalNameServices, policies: policies, material: material)
    }
}

extension RouteEvaluation {
    /// The rules for requests; empty for the other kinds of routes.
    var rules: [RuleConfiguration] {
        if case .requests(let configuration) = configuration { configuration.rules } else { [] }
    }
}

extension RuleConfiguration {
    /// All that it sends requests to, mirrors and authorization servers included.
    var backends: [BackendID] {
        var backends = filters.mirrors.map(\.backend)
        if let auth = filters.externalAuth?.backend { backends.append(auth) }
        guard case .forward(let forwarded) = action else { return backends }
        for backend in forwarded {
            if case .backend(let id) = backend.destination { backends.append(id) }
        }
        return backends
    }
}
