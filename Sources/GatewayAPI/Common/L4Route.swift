/// The kinds whose rules do nothing but name backends: TLSRoute, TCPRoute and UDPRoute.
package protocol L4Route: GatewayRoute {
    /// `spec.rules`, exactly one.
    var rules: [L4RouteRule] { get }
}

/// `spec.rules[]` of a TLSRoute, TCPRoute or UDPRoute, which have the same fields.
package struct L4RouteRule: Sendable, Hashable {
    package var name: String?
    /// 1 to 16.
    package var backendRefs: [BackendRef]

    package init(name: String? = nil, backendRefs: [BackendRef] = []) {
        self.name = name
        self.backendRefs = backendRefs
    }
}

/// `spec.rules[].backendRefs[]` of a TLSRoute, TCPRoute or UDPRoute.
package struct BackendRef: Sendable, Hashable {
    /// The fields group, kind, name, namespace and port.
    package var reference: BackendObjectReference
    /// 0...1000000, relative to the sum over the rule. It decides about connections, or about flows of datagrams.
    package var weight: Int32

    package init(reference: BackendObjectReference, weight: Int32 = 1) {
        self.reference = reference
        self.weight = weight
    }
}
