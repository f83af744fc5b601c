package import KubernetesTypes

/// `Gateway.status`.
package struct GatewayStatus: Sendable, Hashable {
    package var addresses: [GatewayStatusAddress]
    package var conditions: [Condition]
    package var listeners: [ListenerStatus]
    /// ListenerSets with Accepted True; nil means 0.
    package var attachedListenerSets: Int32?

    package init(
        addresses: [GatewayStatusAddress] = [], conditions: [Condition] = [], listeners: [ListenerStatus] = [],
        attachedListenerSets: Int32? = nil
    ) {
        self.addresses = addresses
        self.conditions = conditions
        self.listeners = listeners
        self.attachedListenerSets = attachedListenerSets
    }
}

extension GatewayStatus {
    /// What the CRD puts there before any controller has looked.
    package static let pending = GatewayStatus(conditions: [
        .pending(GatewayConditionType.accepted), .pending(GatewayConditionType.programmed),
    ])
}

/// `Gateway.status.addresses[]`.
package struct GatewayStatusAddress: Sendable, Hashable {
    package var type: AddressType
    package var value: String

    package init(type: AddressType = .ipAddress, value: String) {
        self.type = type
        self.value = value
    }
}

/// `Gateway.status.listeners[]`.
package struct ListenerStatus: Sendable, Hashable {
    package var name: String
    package var supportedKinds: [RouteGroupKind]
    /// Routes with Accepted True through this listener.
    package var attachedRoutes: Int32
    package var conditions: [Condition]

    package init(name: String, supportedKinds: [RouteGroupKind] = [], attachedRoutes: Int32, conditions: [Condition]) {
        self.name = name
        self.supportedKinds = supportedKinds
        self.attachedRoutes = attachedRoutes
        self.conditions = conditions
    }
}
