import GatewayAPI
import KubernetesTypes
import Routing

/// The objects that the result for a route depends on, besides the route itself.
struct RouteDependencies: Sendable {
    var gateways: [ObjectName] = []
    var namespace: String
    var services: [ObjectName] = []
    /// Namespaces whose ReferenceGrants count.
    var grantingNamespaces: [String] = []
    /// The route refers to a Service or Gateway that does not exist: what is said about it depends on which others do.
    var isMissingService = false
    var isMissingGateway = false

    init(_ route: HTTPRoute, in state: ClusterState) {
        namespace = route.metadata.namespace
        for reference in route.spec.parentRefs where reference.kind == Gateway.groupKind.kind {
            let name = ObjectName(namespace: reference.namespace ?? namespace, name: reference.name)
            gateways.append(name)
            if state.gateways[name] == nil { isMissingGateway = true }
        }
        for reference in route.spec.rules.lazy.flatMap(\.backendRefs).map(\.reference) {
            let name = ObjectName(namespace: reference.namespace ?? namespace, name: reference.name)
            if name.namespace != namespace { grantingNamespaces.append(name.namespace) }
            if reference.kind == Service.groupKind.kind {
                services.append(name)
                if state.services[name] == nil { isMissingService = true }
            }
        }
    }
}

/// What changed in the surroundings of the routes since they were last evaluated.
struct RouteSurroundings {
    /// Nothing that was evaluated before holds any more.
    var isNew = false
    var gateways: Set<ObjectName> = []
    var namespaces: Set<String> = []
    var services: Set<ObjectName> = []
    var grantingNamespaces: Set<String> = []

    var isUnchanged: Bool {
        !isNew && gateways.isEmpty && namespaces.isEmpty && services.isEmpty && grantingNamespaces.isEmpty
    }

    func concern(_ route: RouteDependencies) -> Bool {
        if isNew || namespaces.contains(route.namespace) { return true }
        if !gateways.isEmpty, route.isMissingGateway || route.gateways.contains(where: gateways.contains) {
            return true
        }
        if !services.isEmpty, route.isMissingService || route.services.contains(where: services.contains) {
            return true
        }
        return !grantingNamespaces.isEmpty && route.grantingNamespaces.contains(where: grantingNamespaces.contains)
    }
}
