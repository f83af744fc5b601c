package import KubernetesTypes

/// Where TCP connections go that arrive at a listener.
package struct TCPRoute: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: gatewayAPIGroup, version: "v1", kind: "TCPRoute")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: TCPRouteSpec
    package var status: RouteStatus

    package init(metadata: ObjectMeta, spec: TCPRouteSpec, status: RouteStatus = RouteStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `TCPRoute.spec`.
package struct TCPRouteSpec: Sendable, Hashable {
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

extension TCPRoute: L4Route {
    package var parentRefs: [ParentReference] { spec.parentRefs }
    package var useDefaultGateways: DefaultScope? { spec.useDefaultGateways }
    package var hostnames: [String] { [] }
    package var rules: [L4RouteRule] { spec.rules }
}
