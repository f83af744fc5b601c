package import KubernetesTypes

/// An instance of traffic handling infrastructure and its listeners.
package struct Gateway: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: gatewayAPIGroup, version: "v1", kind: "Gateway")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: GatewaySpec
    package var status: GatewayStatus

    package init(metadata: ObjectMeta, spec: GatewaySpec, status: GatewayStatus = .pending) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `Gateway.spec`.
package struct GatewaySpec: Sendable, Hashable {
    package var gatewayClassName: String
    /// 1 to 64 with distinct names.
    package var listeners: [Listener]
    /// Requested addresses; none leaves the choice to the implementation.
    package var addresses: [GatewaySpecAddress]
    package var infrastructure: GatewayInfrastructure?
    /// Which ListenerSets may join; nil means none (GEP-1713).
    package var allowedListeners: AllowedListeners?
    package var tls: GatewayTLSConfig?
    /// Experimental (GEP-3793): makes this a default Gateway.
    package var defaultScope: DefaultScope?

    package init(
        gatewayClassName: String, listeners: [Listener], addresses: [GatewaySpecAddress] = [],
        infrastructure: GatewayInfrastructure? = nil, allowedListeners: AllowedListeners? = nil,
        tls: GatewayTLSConfig? = nil, defaultScope: DefaultScope? = nil
    ) {
        self.gatewayClassName = gatewayClassName
        self.listeners = listeners
        self.addresses = addresses
        self.infrastructure = infrastructure
        self.allowedListeners = allowedListeners
        self.tls = tls
        self.defaultScope = defaultScope
    }
}

/// `Gateway.spec.addresses[]`.
package struct GatewaySpecAddress: Sendable, Hashable {
    package var type: AddressType
    /// nil or empty asks for any address of the type.
    package var value: String?

    package init(type: AddressType = .ipAddress, value: String? = nil) {
        self.type = type
        self.value = value
    }
}

/// The type of a Gateway address.
package enum AddressType: OpenEnum {
    case ipAddress
    case hostname
    case namedAddress
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [AddressType] = [.ipAddress, .hostname, .namedAddress]

    package var rawValue: String {
        switch self {
        case .ipAddress: "IPAddress"
        case .hostname: "Hostname"
        case .namedAddress: "NamedAddress"
        case .unrecognized(let value): value
        }
    }
}

/// `Gateway.spec.defaultScope` and a route's `useDefaultGateways` (GEP-3793, experimental).
package enum DefaultScope: OpenEnum {
    case all
    case none
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [DefaultScope] = [.all, .none]

    package var rawValue: String {
        switch self {
        case .all: "All"
        case .none: "None"
        case .unrecognized(let value): value
        }
    }
}

/// `Gateway.spec.infrastructure` (GEP-1867).
package struct GatewayInfrastructure: Sendable, Hashable {
    /// To be put on everything that is created for the Gateway; at most 8.
    package var labels: [String: String]
    /// Likewise; at most 16.
    package var annotations: [String: String]
    package var parametersRef: LocalParametersReference?

    package init(
        labels: [String: String] = [:], annotations: [String: String] = [:],
        parametersRef: LocalParametersReference? = nil
    ) {
        self.labels = labels
        self.annotations = annotations
        self.parametersRef = parametersRef
    }
}

/// `Gateway.spec.allowedListeners` (GEP-1713).
package struct AllowedListeners: Sendable, Hashable {
    package var namespaces: ListenerNamespaces

    package init(namespaces: ListenerNamespaces = ListenerNamespaces()) {
        self.namespaces = namespaces
    }
}

/// `Gateway.spec.allowedListeners.namespaces`.
package struct ListenerNamespaces: Sendable, Hashable {
    package var from: FromNamespaces
    /// Only looked at when `from` is Selector.
    package var selector: LabelSelector?

    package init(from: FromNamespaces = .none, selector: LabelSelector? = nil) {
        self.from = from
        self.selector = selector
    }
}
