import GatewayAPI
import KubernetesTypes
import Routing

/// A kind of route that is reconciled. What the kinds differ in is all here; attachment, status and memory are the same
/// for all.
protocol ReconciledRoute: GatewayRoute {
    static var routeKind: RouteKind { get }
    /// All references to backends, those of filters included.
    var backendReferences: [BackendObjectReference] { get }
    /// What the rules come to, whatever the parents.
    func translated(_ backends: BackendResolution) -> RouteTranslation
}

/// What the rules of a route come to.
struct RouteTranslation {
    /// A reason for a condition, with its message.
    typealias Reason = (reason: RouteConditionReason, message: String)

    var configuration: RouteEvaluation.Configuration
    /// All that it sends requests to, mirrors and authorization servers included. Sorted.
    var backends: [BackendID]
    /// What its references lead to, also where it cannot be used. Sorted.
    var targets: [BackendTarget]
    var findings: [Finding]
    /// Why the route is not accepted: none of its rules can be served.
    var refusal: Reason?
    /// Set when some of the rules, but not all, cannot be served.
    var partialInvalidity: Reason?
    /// Why `ResolvedRefs` is False.
    var unresolved: Reason?
    /// There is something to serve: if the route is not accepted, rules that answer with an error so that what they guard
    /// does not become reachable through other routes.
    var hasRules: Bool
}

/// A route of a `ClusterState`, of any kind.
protocol StoredRoute: AnyObject, Sendable {
    var name: ObjectName { get }
    var kind: RouteKind { get }
    var gatewayRoute: any GatewayRoute { get }
    func evaluated(in environment: RouteEnvironment) -> RouteEvaluation
}

extension Stored: StoredRoute where Object: ReconciledRoute {
    var kind: RouteKind { Object.routeKind }

    var gatewayRoute: any GatewayRoute { object }

    func evaluated(in environment: RouteEnvironment) -> RouteEvaluation {
        RouteEvaluation(self, environment: environment)
    }
}

/// One difference between two states. Never are both sides nil.
struct RouteChange {
    var old: (any StoredRoute)?
    var new: (any StoredRoute)?
}

extension ObjectTable where Object: ReconciledRoute {
    func routeChanges(since old: ObjectTable) -> [RouteChange] {
        changes(since: old).map { RouteChange(old: $0.old, new: $0.new) }
    }
}
