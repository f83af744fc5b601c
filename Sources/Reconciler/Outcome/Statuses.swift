package import GatewayAPI
package import KubernetesTypes

/// The status of every object that is ours to write.
///
/// Conditions carry the object's generation (nil when it has none) and no time: whoever writes them sets
/// `lastTransitionTime`, and merges them with the conditions and parents of other controllers.
package struct Statuses: Sendable, Hashable {
    /// Sorted by name.
    package var gatewayClasses: [ObjectStatus<GatewayClassStatus>]
    /// Sorted by namespace and name.
    package var gateways: [ObjectStatus<GatewayStatus>]
    /// Those of our Gateways, sorted by namespace and name.
    package var listenerSets: [ObjectStatus<ListenerSetStatus>]
    /// Our `parents` entries, in the order of the parentRefs. The oldest route first, then by namespace and name;
    /// routes without a parent of ours are left out.
    package var httpRoutes: [ObjectStatus<RouteStatus>]
    /// The routes of the other kinds in the same way.
    package var grpcRoutes: [ObjectStatus<RouteStatus>] = []
    package var tlsRoutes: [ObjectStatus<RouteStatus>] = []
    package var tcpRoutes: [ObjectStatus<RouteStatus>] = []
    package var udpRoutes: [ObjectStatus<RouteStatus>] = []
    /// Our `ancestors` entries, by Gateway. Sorted by namespace and name; policies that none of our Gateways comes
    /// across are left out.
    package var backendTLSPolicies: [ObjectStatus<PolicyStatus>] = []
    /// In the same way.
    package var xBackendTrafficPolicies: [ObjectStatus<PolicyStatus>] = []
    /// Our `parents` entries, by Gateway. Sorted by namespace and name; those that no route leads to are left out.
    package var xBackends: [ObjectStatus<XBackendStatus>] = []
}

/// The status of one object.
package struct ObjectStatus<Status: Sendable & Hashable>: Sendable, Hashable {
    package var key: ObjectKey
    package var status: Status
}

extension ObjectStatus {
    package init(_ key: ObjectKey, _ status: Status) {
        self.key = key
        self.status = status
    }
}
