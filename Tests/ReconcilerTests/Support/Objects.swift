import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing

/// Objects for tests that do not start from files: namespace `shop`, Gateway `web`, Service `app` with port 80.
enum Objects {
    static func gateway(
        _ name: String = "web",
        listeners: [Listener] = [Listener(name: "http", port: 80, protocol: .http)]
    ) -> Gateway {
        Gateway(
            metadata: ObjectMeta(name: name, namespace: "shop"),
            spec: GatewaySpec(gatewayClassName: "weir", listeners: listeners))
    }

    static func route(
        _ name: String = "route", gateway: String = "web", hostnames: [String] = [],
        rules: [HTTPRouteRule] = [rule()]
    ) -> HTTPRoute {
        HTTPRoute(
            metadata: ObjectMeta(name: name, namespace: "shop"),
            spec: HTTPRouteSpec(parentRefs: [ParentReference(name: gateway)], hostnames: hostnames, rules: rules))
    }

    static func rule(
        matches: [HTTPRouteMatch] = [HTTPRouteMatch()], filters: [HTTPRouteFilter] = [],
        backendFilters: [HTTPRouteFilter] = []
    ) -> HTTPRouteRule {
        let reference = BackendObjectReference(name: "app", port: 80)
        return HTTPRouteRule(
            matches: matches, filters: filters,
            backendRefs: [HTTPBackendRef(reference: reference, filters: backendFilters)])
    }

    static func service(
        _ name: String = "app", spec: ServiceSpec = ServiceSpec(ports: [ServicePort(port: 80)])
    ) -> Service {
        Service(metadata: ObjectMeta(name: name, namespace: "shop"), spec: spec)
    }

    static func tlsSecret(_ name: String, _ chain: String, _ key: String) -> Secret {
        Secret(
            metadata: ObjectMeta(name: name, namespace: "shop"), type: "kubernetes.io/tls",
            data: ["tls.crt": SecretBytes(Array(chain.utf8)), "tls.key": SecretBytes(Array(key.utf8))])
    }

    /// For all ports of a Service, with the CA certificates of ConfigMap `ca`.
    static func backendTLSPolicy(_ name: String = "tls", service: String = "app") -> BackendTLSPolicy {
        BackendTLSPolicy(
            metadata: ObjectMeta(name: name, namespace: "shop"),
            spec: BackendTLSPolicySpec(
                targetRefs: [LocalPolicyTargetReferenceWithSectionName(group: "", kind: "Service", name: service)],
                validation: BackendTLSPolicyValidation(
                    caCertificateRefs: [LocalObjectReference(group: "", kind: "ConfigMap", name: "ca")],
                    hostname: "app.example.com")))
    }

    static func slice(
        _ name: String = "app-1", service: String = "app", type: EndpointSlice.AddressType = .ipv4, addresses: [String]
    ) -> EndpointSlice {
        EndpointSlice(
            metadata: ObjectMeta(
                name: name, namespace: "shop", labels: [EndpointSlice.serviceNameLabel: service]),
            addressType: type, endpoints: addresses.map { SliceEndpoint(addresses: [$0]) },
            ports: [SlicePort(port: 8080)])
    }
}

extension ClusterState {
    /// A Gateway, a Service, and a route with one rule.
    static func serving(_ rule: HTTPRouteRule) -> ClusterState {
        var state = ClusterState()
        state.set(Objects.gateway())
        state.set(Objects.service())
        state.set(Objects.route(rules: [rule]))
        return state
    }

    /// What follows in a standalone run.
    var outcome: Outcome {
        reconcile(self, settings: ReconcilerSettings(standalone: true, externalNameServices: .allowed))
    }
}

extension Outcome {
    /// A condition of the only parent of the only route.
    func routeCondition(_ type: RouteConditionType) -> Condition? {
        statuses.httpRoutes.first?.status.parents.first?.conditions.first { $0.type == type.rawValue }
    }

    /// A condition of the only BackendTLSPolicy at its first ancestor.
    func policyCondition(_ type: PolicyConditionType) -> Condition? {
        statuses.backendTLSPolicies.first?.status.ancestors.first?.conditions.first { $0.type == type.rawValue }
    }

    /// A condition of a listener of the first Gateway.
    func listenerCondition(_ listener: String, _ type: ListenerConditionType) -> Condition? {
        statuses.gateways.first?.status.listeners.first { $0.name == listener }?
            .conditions.first { $0.type == type.rawValue }
    }
}
