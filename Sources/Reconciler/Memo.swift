import GatewayAPI
import KubernetesTypes
import Routing

/// What `reconcile` knows from its last call. It only saves time: the outcome with any memo is the outcome with an
/// empty one.
package struct Memo: Sendable {
    var settings: ReconcilerSettings?
    var state = ClusterState()
    var keyMaterial = KeyMaterial.Table()
    var gateways = GatewayStage()
    var parents: [ParentName: RouteParent] = [:]
    var routes = RouteStage()
    /// The routes in the last configuration, in its order.
    var servedRoutes: [RouteEvaluation] = []
    var backends = BackendStage()
    var policies = PolicyStage()

    package init() {}
}

/// The differences between a memo and what is to be reconciled.
struct Changes {
    let routes: [RouteChange]
    let endpointSlices: [ObjectChange<EndpointSlice>]
    /// Services that changed, or whose policies or CA certificates did.
    let services: Set<ObjectName>
    /// XBackends that changed, or whose policies, certificates or CA certificates did.
    let xBackends: Set<ObjectName>
    /// Some policy changed.
    let policies: Bool
    let secrets: Bool
    let configMaps: Bool
    let grantingNamespaces: Set<String>
    let namespaces: Set<String>
    /// Something that Gateways depend on changed.
    let concernGateways: Bool
    /// A setting changed that every route depends on.
    let concernAllRoutes: Bool
    let overridesChanged: Bool

    init(from memo: Memo, to state: ClusterState, _ settings: ReconcilerSettings) {
        let (old, previous) = (memo.state, memo.settings)
        routes =
            state.httpRoutes.routeChanges(since: old.httpRoutes) + state.grpcRoutes.routeChanges(since: old.grpcRoutes)
            + state.tlsRoutes.routeChanges(since: old.tlsRoutes)
            + state.tcpRoutes.routeChanges(since: old.tcpRoutes) + state.udpRoutes.routeChanges(since: old.udpRoutes)
        endpointSlices = state.endpointSlices.changes(since: old.endpointSlices)
        let policyChanges = PolicyChanges(from: old, to: state)
        policies = policyChanges.isChanged
        let secretNames = state.secrets.changedNames(since: old.secrets)
        let configMapNames = state.configMaps.changedNames(since: old.configMaps)
        secrets = !secretNames.isEmpty
        configMaps = !configMapNames.isEmpty
        namespaces = Set(state.namespaces.changedNames(since: old.namespaces).map(\.name))
        grantingNamespaces = Set(state.referenceGrants.changedNames(since: old.referenceGrants).map(\.namespace))
        let users = KeyMaterialUsers(
            state, secrets: secretNames, configMaps: configMapNames, grantingNamespaces: grantingNamespaces)
        services = state.services.changedNames(since: old.services).union(policyChanges.names(of: .service))
            .union(users.services)
        xBackends = state.xBackends.changedNames(since: old.xBackends)
            .union(policyChanges.names(of: .externalBackend)).union(users.xBackends)
        concernAllRoutes =
            previous?.standalone != settings.standalone
            || previous?.externalNameServices != settings.externalNameServices
        overridesChanged = previous?.backendOverrides != settings.backendOverrides

        // Neither overrides nor endpoints nor routes nor Services change what Gateways are.
        var comparable = settings
        comparable.backendOverrides = previous?.backendOverrides ?? [:]
        concernGateways =
            previous != comparable || !grantingNamespaces.isEmpty
            || !state.gatewayClasses.changes(since: old.gatewayClasses).isEmpty
            || !state.gateways.changes(since: old.gateways).isEmpty
            || !state.listenerSets.changes(since: old.listenerSets).isEmpty
            // Which ListenerSets a Gateway allows may depend on the labels of their namespaces.
            || (!namespaces.isEmpty && !state.listenerSets.entries.isEmpty)
            || secrets || configMaps
    }
}

extension Changes {
    /// Something changed, routes aside, that the status of policies and XBackends depends on.
    var concernPolicies: Bool {
        policies || configMaps || secrets || concernGateways || !services.isEmpty || !xBackends.isEmpty
    }

    /// What backends depend on: Services and XBackends that changed, or whose policies did.
    var backendTargets: Set<BackendTarget> {
        Set(services.map { BackendTarget(kind: .service, name: $0) })
            .union(xBackends.map { BackendTarget(kind: .externalBackend, name: $0) })
    }
}

extension ObjectTable {
    fileprivate func changedNames(since old: ObjectTable) -> Set<ObjectName> {
        Set(changes(since: old).lazy.compactMap { $0.new?.name ?? $0.old?.name })
    }
}
