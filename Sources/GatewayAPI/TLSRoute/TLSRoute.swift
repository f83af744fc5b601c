package import KubernetesTypes

/// Where TLS connections go, by the server name that the client asks for (GEP-2643).
package struct TLSRoute: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: gatewayAPIGroup, version: "v1", kind: "TLSRoute")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: TLSRouteSpec
    package var status: RouteStatus

    package init(metadata: ObjectMeta, spec: TLSRouteSpec, status: RouteStatus = RouteStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `TLSRoute.spec`.
package struct TLSRouteSpec: Sendable, Hashable {
    /// At most 32.
    package var parentRefs: [ParentReference]
    /// Experimental (GEP-3793).
    package var useDefaultGateways: DefaultScope?
    /// 1 to 1024 lowercase DNS names, `*.` allowed in front; compared with the server name (SNI).
    package var hostnames: [String]
    /// Exactly one.
    package var rules: [L4RouteRule]

    package init(
        parentRefs: [ParentReference] = [], useDefaultGateways: DefaultScope? = nil, hostnames: [String],
        rules: [L4RouteRule]
    ) {
        self.parentRefs = parentRefs
        self.useDefaultGateways = useDefaultGateways
        self.hostnames = hostnames
        self.rules = rules
    }
}

extension TLSRoute: L4Route {
    package var parentRefs: [ParentReference] { spec.parentRefs }
    package var useDefaultGateways: DefaultScope? { spec.useDefaultGateways }
    package var hostnames: [String] { spec.hostnames }
    package var rules: [L4RouteRule] { spec.rules }
}
