package import KubernetesTypes

/// `GatewayClass.status.conditions[].type`.
package enum GatewayClassConditionType: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case supportedVersion = "SupportedVersion"
}

/// The reasons that go with `GatewayClassConditionType`.
package enum GatewayClassConditionReason: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case invalidParameters = "InvalidParameters"
    case unsupported = "Unsupported"
    case supportedVersion = "SupportedVersion"
    case unsupportedVersion = "UnsupportedVersion"
    case pending = "Pending"
}

/// `Gateway.status.conditions[].type`.
package enum GatewayConditionType: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case programmed = "Programmed"
    case resolvedRefs = "ResolvedRefs"
    /// Only ever True; absent otherwise.
    case insecureFrontendValidationMode = "InsecureFrontendValidationMode"
    /// Only ever True; absent otherwise (GEP-3793, experimental).
    case defaultGateway = "DefaultGateway"
}

/// The reasons that go with `GatewayConditionType`.
package enum GatewayConditionReason: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case listenersNotValid = "ListenersNotValid"
    case invalidParameters = "InvalidParameters"
    case unsupportedAddress = "UnsupportedAddress"
    case invalid = "Invalid"
    case pending = "Pending"
    case programmed = "Programmed"
    case addressNotUsable = "AddressNotUsable"
    case addressNotAssigned = "AddressNotAssigned"
    case noResources = "NoResources"
    case resolvedRefs = "ResolvedRefs"
    case refNotPermitted = "RefNotPermitted"
    case invalidClientCertificateRef = "InvalidClientCertificateRef"
    case listenersNotResolved = "ListenersNotResolved"
    case configurationChanged = "ConfigurationChanged"
    case defaultGateway = "DefaultGateway"
}

/// `ListenerSet.status.conditions[].type`.
package enum ListenerSetConditionType: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case programmed = "Programmed"
}

/// The reasons that go with `ListenerSetConditionType`.
package enum ListenerSetConditionReason: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case programmed = "Programmed"
    case notAllowed = "NotAllowed"
    case listenersNotValid = "ListenersNotValid"
    case parentNotAccepted = "ParentNotAccepted"
    case parentNotProgrammed = "ParentNotProgrammed"
    case portUnavailable = "PortUnavailable"
    case invalid = "Invalid"
    case pending = "Pending"
}

/// `Gateway.status.listeners[].conditions[].type`.
package enum ListenerConditionType: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case programmed = "Programmed"
    case resolvedRefs = "ResolvedRefs"
    /// Absence means that there is no conflict.
    case conflicted = "Conflicted"
    /// Only ever True; absent otherwise.
    case overlappingTLSConfig = "OverlappingTLSConfig"
}

/// The reasons that go with `ListenerConditionType`.
package enum ListenerConditionReason: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case unsupportedProtocol = "UnsupportedProtocol"
    case unsupportedValue = "UnsupportedValue"
    case portUnavailable = "PortUnavailable"
    case noValidCACertificate = "NoValidCACertificate"
    case hostnameConflict = "HostnameConflict"
    case protocolConflict = "ProtocolConflict"
    case noConflicts = "NoConflicts"
    case pending = "Pending"
    case programmed = "Programmed"
    case invalid = "Invalid"
    case resolvedRefs = "ResolvedRefs"
    case invalidCertificateRef = "InvalidCertificateRef"
    case invalidRouteKinds = "InvalidRouteKinds"
    case refNotPermitted = "RefNotPermitted"
    case invalidCACertificateRef = "InvalidCACertificateRef"
    case invalidCACertificateKind = "InvalidCACertificateKind"
    case overlappingHostnames = "OverlappingHostnames"
    case overlappingCertificates = "OverlappingCertificates"
}

/// `status.parents[].conditions[].type` of routes.
package enum RouteConditionType: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case resolvedRefs = "ResolvedRefs"
    /// Only ever True; absent otherwise.
    case partiallyInvalid = "PartiallyInvalid"
}

/// The reasons that go with `RouteConditionType`.
package enum RouteConditionReason: String, Sendable, Hashable, CaseIterable {
    case accepted = "Accepted"
    case noMatchingParent = "NoMatchingParent"
    case notAllowedByListeners = "NotAllowedByListeners"
    case noMatchingListenerHostname = "NoMatchingListenerHostname"
    case unsupportedValue = "UnsupportedValue"
    case incompatibleFilters = "IncompatibleFilters"
    case pending = "Pending"
    case resolvedRefs = "ResolvedRefs"
    case refNotPermitted = "RefNotPermitted"
    case invalidKind = "InvalidKind"
    case backendNotFound = "BackendNotFound"
    case unsupportedProtocol = "UnsupportedProtocol"
}

extension Condition {
    /// A condition with its type and reason from the catalogues above.
    package init(
        _ type: some RawRepresentable<String>, _ status: Status, _ reason: some RawRepresentable<String>,
        message: String = "", observedGeneration: Int64? = nil, lastTransitionTime: Timestamp = .epoch
    ) {
        self.init(
            type: type.rawValue, status: status, reason: reason.rawValue, message: message,
            observedGeneration: observedGeneration, lastTransitionTime: lastTransitionTime)
    }

    /// What the CRDs seed: Unknown, `Pending`, without an observed generation.
    package static func pending(_ type: some RawRepresentable<String>) -> Condition {
        Condition(type: type.rawValue, status: .unknown, reason: "Pending", message: "Waiting for controller")
    }
}
