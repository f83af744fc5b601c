package import KubernetesTypes

/// What all route kinds have in common.
package protocol GatewayRoute: KubernetesObject {
    /// `spec.parentRefs`, at most 32.
    var parentRefs: [ParentReference] { get }
    /// `spec.useDefaultGateways`, experimental (GEP-3793).
    var useDefaultGateways: DefaultScope? { get }
    /// `spec.hostnames`; empty for kinds that have none, which attach whatever the hostname of the listener.
    var hostnames: [String] { get }
    var status: RouteStatus { get set }
}

extension HTTPRoute: GatewayRoute {
    package var parentRefs: [ParentReference] { spec.parentRefs }
    package var useDefaultGateways: DefaultScope? { spec.useDefaultGateways }
    package var hostnames: [String] { spec.hostnames }
}

extension GRPCRoute: GatewayRoute {
    package var parentRefs: [ParentReference] { spec.parentRefs }
    package var useDefaultGateways: DefaultScope? { spec.useDefaultGateways }
    package var hostnames: [String] { spec.hostnames }
}
