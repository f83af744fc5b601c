package import GatewayAPI
package import KubernetesTypes
import Routing

/// All objects that traffic depends on, as one value.
///
/// Copies are cheap and share what they have in common; objects that did not change between two copies are recognised
/// by `reconcile` and answered from its `Memo`.
package struct ClusterState: Sendable {
    private(set) var gatewayClasses = ObjectTable<GatewayClass>()
    private(set) var gateways = ObjectTable<Gateway>()
    private(set) var listenerSets = ObjectTable<ListenerSet>()
    private(set) var httpRoutes = ObjectTable<HTTPRoute>()
    private(set) var grpcRoutes = ObjectTable<GRPCRoute>()
    private(set) var tlsRoutes = ObjectTable<TLSRoute>()
    private(set) var tcpRoutes = ObjectTable<TCPRoute>()
    private(set) var udpRoutes = ObjectTable<UDPRoute>()
    private(set) var referenceGrants = ObjectTable<ReferenceGrant>()
    private(set) var backendTLSPolicies = ObjectTable<BackendTLSPolicy>()
    private(set) var xBackends = ObjectTable<XBackend>()
    private(set) var xBackendTrafficPolicies = ObjectTable<XBackendTrafficPolicy>()
    private(set) var services = ObjectTable<Service>()
    private(set) var endpointSlices = ObjectTable<EndpointSlice>()
    private(set) var namespaces = ObjectTable<Namespace>()
    private(set) var secrets = ObjectTable<Secret>()
    private(set) var configMaps = ObjectTable<ConfigMap>()

    package init() {}

    // MARK: Inserting or replacing, by namespace and name

    package mutating func set(_ object: GatewayClass) { gatewayClasses.set(object) }
    package mutating func set(_ object: Gateway) { gateways.set(object) }
    package mutating func set(_ object: ListenerSet) { listenerSets.set(object) }
    package mutating func set(_ object: HTTPRoute) { httpRoutes.set(object) }
    package mutating func set(_ object: GRPCRoute) { grpcRoutes.set(object) }
    package mutating func set(_ object: TLSRoute) { tlsRoutes.set(object) }
    package mutating func set(_ object: TCPRoute) { tcpRoutes.set(object) }
    package mutating func set(_ object: UDPRoute) { udpRoutes.set(object) }
    package mutating func set(_ object: ReferenceGrant) { referenceGrants.set(object) }
    package mutating func set(_ object: BackendTLSPolicy) { backendTLSPolicies.set(object) }
    package mutating func set(_ object: XBackend) { xBackends.set(object) }
    package mutating func set(_ object: XBackendTrafficPolicy) { xBackendTrafficPolicies.set(object) }
    package mutating func set(_ object: Service) { services.set(object) }
    package mutating func set(_ object: EndpointSlice) { endpointSlices.set(object) }
    package mutating func set(_ object: Namespace) { namespaces.set(object) }
    package mutating func set(_ object: Secret) { secrets.set(object) }
    package mutating func set(_ object: ConfigMap) { configMaps.set(object) }

    /// Does nothing when there is no such object, also for kinds that are not kept here.
    package mutating func remove(_ key: ObjectKey) {
        let name = ObjectName(namespace: key.namespace, name: key.name)
        switch key.groupKind {
        case GatewayClass.groupKind: gatewayClasses.remove(name)
        case Gateway.groupKind: gateways.remove(name)
        case ListenerSet.groupKind: listenerSets.remove(name)
        case HTTPRoute.groupKind: httpRoutes.remove(name)
        case GRPCRoute.groupKind: grpcRoutes.remove(name)
        case TLSRoute.groupKind: tlsRoutes.remove(name)
        case TCPRoute.groupKind: tcpRoutes.remove(name)
        case UDPRoute.groupKind: udpRoutes.remove(name)
        case ReferenceGrant.groupKind: referenceGrants.remove(name)
        case BackendTLSPolicy.groupKind: backendTLSPolicies.remove(name)
        case XBackend.groupKind: xBackends.remove(name)
        case XBackendTrafficPolicy.groupKind: xBackendTrafficPolicies.remove(name)
        case Service.groupKind: services.remove(name)
        case EndpointSlice.groupKind: endpointSlices.remove(name)
        case Namespace.groupKind: namespaces.remove(name)
        case Secret.groupKind: secrets.remove(name)
        case ConfigMap.groupKind: configMaps.remove(name)
        default: break
        }
    }
}
