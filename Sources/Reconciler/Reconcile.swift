import GatewayAPI
import KubernetesTypes
import Routing

/// Derives the routing configuration and every status from the objects.
///
/// Pure: no clock, no I/O, no failure. An object that is wrong becomes a condition and a diagnostic, and its neighbours
/// are served. The work is done in stages - classes and Gateways, routes, backends - each of which repeats only what
/// the changes since the memo concern.
package func reconcile(_ state: ClusterState, settings: ReconcilerSettings, memo: inout Memo) -> Outcome {
    let changes = Changes(from: memo, to: state, settings)
    var surroundings = RouteSurroundings(
        isNew: changes.concernAllRoutes, namespaces: changes.namespaces, services: changes.services,
        xBackends: changes.xBackends, grantingNamespaces: changes.grantingNamespaces)
    if changes.secrets || changes.configMaps { memo.keyMaterial.removeMissing(in: state) }
    let material = KeyMaterial(memo.keyMaterial, state)
    // The table has one owner at a time, so that adding to it never copies it.
    memo.keyMaterial = KeyMaterial.Table()
    if changes.concernGateways {
        let defaultGateways = memo.gateways.defaultGateways
        memo.gateways = GatewayStage(state, settings: settings, material: material)
        let parents = memo.gateways.parents
        surroundings.parents = Set(
            Set(memo.parents.keys).union(parents.keys).filter { memo.parents[$0] != parents[$0] })
        // Their order counts too: it is that of the status entries.
        surroundings.defaultGateways =
            defaultGateways != memo.gateways.defaultGateways
            || surroundings.parents.contains {
                memo.parents[$0]?.isDefaultGateway == true || parents[$0]?.isDefaultGateway == true
            }
        memo.parents = parents
    }
    if changes.policies { memo.policies.updateIndex(state) }
    memo.routes.update(
        changes.routes, surroundings: surroundings,
        environment: RouteEnvironment(
            state: state, settings: settings, parents: memo.parents, defaultGateways: memo.gateways.defaultGateways,
            policies: memo.policies.index, material: material))

    let assembly = Assembly(memo.gateways, memo.routes.evaluations)
    memo.backends.update(
        uses: assembly.useChanges(since: memo.servedRoutes), slices: changes.endpointSlices,
        changedTargets: changes.backendTargets, overridesChanged: changes.overridesChanged,
        tls: BackendTLSResolution(state: state, material: material, policies: memo.policies.index),
        settings: settings)
    memo.policies.updateStatuses(
        memo.routes.evaluations,
        PolicyStage.Surroundings(
            state: state, settings: settings, material: material, controllerNames: memo.gateways.controllerNames,
            isChanged: changes.concernPolicies))
    memo.servedRoutes = assembly.servedRoutes
    memo.keyMaterial = material.table
    memo.state = state
    memo.settings = settings
    var outcome = assembly.outcome(memo.gateways, memo.routes.evaluations, memo.backends.backends)
    outcome.add(memo.policies.statuses)
    return outcome
}

/// `reconcile` for those who do it once.
package func reconcile(_ state: ClusterState, settings: ReconcilerSettings) -> Outcome {
    var memo = Memo()
    return reconcile(state, settings: settings, memo: &memo)
}
