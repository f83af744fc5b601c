package import KubernetesTypes

/// Where the datagrams of clients go that arrive at a listener.
package struct UDPRoute: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: gatewayAPIGroup, version: "v1", kind: "UDPRoute")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: UDPRouteSpec
    package var status: RouteStatus

    package init(metadata: ObjectMeta, spec: UDPRouteSpec, status: RouteStatus = RouteStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `UDPRoute.spec`.
package struct UDPRouteSpec: Sendable, Hashable {
    /// At most 32.
    package var parentRefs: [ParentReference]
    /// Experimental (GEP-3793).
    package var useDefaultGateways: DefaultScope?
    /// Exactly one.
    package var rules: [L4RouteRule]

    package init(
        parentRefs: [ParentReference] = [], useDefaultGateways: DefaultScope? = nil, rules: [L4RouteRule]
    ) {
        self.parentRefs = parentRefs
        self.useDefaultGateways = useDefaultGateways
        self.rules = rules
    }
}

extension UDPRoute: L4Route {
    package var parentRefs: [ParentReference] { spec.parentRefs }
    package var useDefaultGateways: DefaultScope? { spec.useDefaultGateways }
    package var hostnames: [String] { [] }
    package var rules: [L4RouteRule] { spec.rules }
}
