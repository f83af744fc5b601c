import GatewayAPI
import KubernetesTypes
import Routing

/// The objects that the result for a route depends on, besides the route itself.
struct RouteDependencies: Sendable {
    var parents: [ParentName] = []
    var usesDefaultGateways: Bool
    var namespace: String
    var services: [ObjectName] = []
    var xBackends: [ObjectName] = []
    /// Namespaces whose ReferenceGrants count.
    var grantingNamespaces: [String] = []
    /// The route refers to a Service or parent that does not exist: what is said about it depends on which others do.
    var isMissingService = false
    var isMissingParent = false

    init(_ route: some ReconciledRoute, in state: ClusterState) {
        namespace = route.metadata.namespace
        usesDefaultGateways = route.useDefaultGateways == .all
        for reference in route.parentRefs {
            guard let parent = ParentName(reference, routeNamespace: namespace) else { continue }
            parents.append(parent)
            if !state.contains(parent) { isMissingParent = true }
        }
        for reference in route.backendReferences { add(reference, in: state) }
    }

    private mutating func add(_ reference: BackendObjectReference, in state: ClusterState) {
        let name = ObjectName(namespace: reference.namespace ?? namespace, name: reference.name)
        if name.namespace != namespace { grantingNamespaces.append(name.namespace) }
        if reference.kind == Service.groupKind.kind {
            services.append(name)
            if state.services[name] == nil { isMissingService = true }
        } else if reference.kind == XBackend.groupKind.kind {
            xBackends.append(name)
        }
    }
}

/// What changed in the surroundings of the routes since they were last evaluated.
struct RouteSurroundings {
    /// Nothing that was evaluated before holds any more.
    var isNew = false
    var parents: Set<ParentName> = []
    /// Default Gateways appeared, changed or vanished.
    var defaultGateways = false
    var namespaces: Set<String> = []
    /// Those whose policies changed included.
    var services: Set<ObjectName> = []
    /// Those whose policies changed included.
    var xBackends: Set<ObjectName> = []
    var grantingNamespaces: Set<String> = []

    var isUnchanged: Bool {
        !isNew && parents.isEmpty && !defaultGateways && namespaces.isEmpty && services.isEmpty && xBackends.isEmpty
            && grantingNamespaces.isEmpty
    }

    func concern(_ route: RouteDependencies) -> Bool {
        if isNew || namespaces.contains(route.namespace) { return true }
        if !parents.isEmpty, route.isMissingParent || route.parents.contains(where: parents.contains) { return true }
        if defaultGateways, route.usesDefaultGateways { return true }
        if !services.isEmpty, route.isMissingService || route.services.contains(where: services.contains) {
            return true
        }
        if !xBackends.isEmpty, route.xBackends.contains(where: xBackends.contains) { return true }
        return !grantingNamespaces.isEmpty && route.grantingNamespaces.contains(where: grantingNamespaces.contains)
    }
}

extension ClusterState {
    fileprivate func contains(_ parent: ParentName) -> Bool {
        switch parent.kind {
        case .gateway: gateways[parent.name] != nil
        case .listenerSet: listenerSets[parent.name] != nil
        }
    }
}
