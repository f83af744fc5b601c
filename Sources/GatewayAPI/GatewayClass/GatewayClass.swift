package import KubernetesTypes

/// Which controller runs the Gateways of a class.
package struct GatewayClass: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: gatewayAPIGroup, version: "v1", kind: "GatewayClass")
    package static let isNamespaced = false

    package var metadata: ObjectMeta
    package var spec: GatewayClassSpec
    package var status: GatewayClassStatus

    package init(metadata: ObjectMeta, spec: GatewayClassSpec, status: GatewayClassStatus = .pending) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `GatewayClass.spec`.
package struct GatewayClassSpec: Sendable, Hashable {
    /// `domain/path`. Immutable.
    package var controllerName: String
    package var parametersRef: ParametersReference?
    /// At most 64 characters.
    package var description: String?

    package init(controllerName: String, parametersRef: ParametersReference? = nil, description: String? = nil) {
        self.controllerName = controllerName
        self.parametersRef = parametersRef
        self.description = description
    }
}

/// `GatewayClass.status`.
package struct GatewayClassStatus: Sendable, Hashable {
    package var conditions: [Condition]
    /// Ascending by name, without repetition.
    package var supportedFeatures: [SupportedFeature]

    package init(conditions: [Condition] = [], supportedFeatures: [SupportedFeature] = []) {
        self.conditions = conditions
        self.supportedFeatures = supportedFeatures
    }
}

extension GatewayClassStatus {
    /// What the CRD puts there before any controller has looked.
    package static let pending = GatewayClassStatus(conditions: [.pending(GatewayClassConditionType.accepted)])
}

/// `GatewayClass.status.supportedFeatures[]` (GEP-2162).
package struct SupportedFeature: Sendable, Hashable {
    /// For example `HTTPRouteMethodMatching`.
    package var name: String

    package init(name: String) {
        self.name = name
    }
}
