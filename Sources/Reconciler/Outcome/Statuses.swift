package import GatewayAPI
package import KubernetesTypes

/// The status of every object that is ours to write, sorted by object key.
///
/// Conditions carry the object's generation (nil when it has none) and no time: whoever writes them sets
/// `lastTransitionTime`, and merges them with the conditions and parents of other controllers.
package struct Statuses: Sendable, Hashable {
    package var gatewayClasses: [ObjectStatus<GatewayClassStatus>]
    package var gateways: [ObjectStatus<GatewayStatus>]
    /// Our `parents` entries, in the order of the parentRefs. Routes without a parent of ours are left out.
    package var httpRoutes: [ObjectStatus<RouteStatus>]
}

/// The status of one object.
package struct ObjectStatus<Status: Sendable & Hashable>: Sendable, Hashable {
    package var key: ObjectKey
    package var status: Status
}
