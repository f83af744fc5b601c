import GatewayAPI
import KubernetesTypes
import Routing

/// What lints look at: the objects, and what reconciling found out about them.
struct LintContext {
    let state: ClusterState
    /// In conflict order.
    let routes: [RouteEvaluation]
    let listeners: [LintListener]
    let certificates: [ObjectKey: CertificateValidity]
    let now: Timestamp

    init(_ memo: Memo, certificates: [ObjectKey: CertificateValidity], now: Timestamp) {
        state = memo.state
        routes = memo.routes.evaluations
        self.certificates = certificates
        self.now = now
        var listeners: [LintListener] = []
        var starts: [ObjectName: Int] = [:]
        for gateway in memo.gateways.gateways {
            starts[gateway.name] = listeners.count
            listeners += gateway.listeners.map { LintListener($0, of: gateway) }
        }
        for (index, route) in routes.enumerated() {
            for attachment in route.attachments {
                guard let start = starts[attachment.gateway] else { continue }
                listeners[start + attachment.listener].routes.append((index, attachment.hostnames))
            }
        }
        self.listeners = listeners
    }

    /// The rules of all routes as they were written, attached or not.
    var rules: [LintRule] {
        requestRoutes.flatMap { route in
            route.requestRules.enumerated().map {
                LintRule(route: route, index: $0, rule: $1.rule, grpcMatches: $1.grpcMatches)
            }
        }
    }

    /// All HTTPRoutes and GRPCRoutes, attached or not.
    private var requestRoutes: [any RequestRoute] {
        let http: [any RequestRoute] = state.httpRoutes.entries.map(\.object)
        return http + state.grpcRoutes.entries.map(\.object)
    }
}

/// A listener with the routes that attach to it, whether or not this version serves it.
struct LintListener {
    /// Whose ports it shares with other listeners.
    let gateway: ObjectName
    /// The object that it stands in, a Gateway or a ListenerSet, and where.
    let object: ObjectKey
    let path: FieldPath
    let spec: Listener
    /// nil when it can match nothing.
    let hostname: HostnamePattern?
    /// Paths of the references that cannot be used, which conditions tell.
    let unresolved: [FieldPath]
    /// Index into the context's routes, with the hostnames that it serves here. In conflict order.
    var routes: [(route: Int, hostnames: [HostnamePattern])] = []

    init(_ listener: ListenerEvaluation, of gateway: GatewayEvaluation) {
        self.gateway = gateway.name
        object = gateway.listenerSet(of: listener)?.key ?? gateway.key
        path = listener.path
        spec = listener.spec
        hostname = listener.hostname
        unresolved = listener.unresolved.map(\.finding.path)
    }

    /// Whether requests choose between the two by their hostname.
    func sharesPort(with other: LintListener) -> Bool {
        gateway == other.gateway && spec.port == other.spec.port && !isSame(as: other)
    }

    func isSame(as other: LintListener) -> Bool { object == other.object && path == other.path }
}

/// One rule of a route as it was written.
struct LintRule {
    let route: any RequestRoute
    let index: Int
    /// See `RequestRule`.
    let rule: HTTPRouteRule
    let grpcMatches: [GRPCRouteMatch]?

    var path: FieldPath { FieldPath("spec.rules").index(index) }

    /// What its requests are answered with when it has nobody to ask.
    var refusal: String { grpcMatches == nil ? "500" : "the gRPC status UNAVAILABLE" }

    /// The rule in messages.
    var name: String { "rules[\(index)]" }

    /// The default stands for `matches` left out.
    var hasMatches: Bool {
        if let grpcMatches { return !grpcMatches.isEmpty && grpcMatches != [GRPCRouteMatch()] }
        return !rule.matches.isEmpty && rule.matches != [HTTPRouteMatch()]
    }

    /// Whether the rule itself answers. What an extension does is not known.
    var answersItself: Bool { rule.filters.contains { $0.type == .requestRedirect || $0.type == .extensionRef } }

    func warning(_ code: DiagnosticCode, at path: FieldPath, _ message: String, help: String) -> Diagnostic {
        Diagnostic(object: route.key, code: code, severity: .warning, path: path, message: message, help: help)
    }
}
