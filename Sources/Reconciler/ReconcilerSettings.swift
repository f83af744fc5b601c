package import GatewayAPI
package import Routing

/// What `reconcile` has to know besides the objects.
package struct ReconcilerSettings: Sendable, Hashable {
    package static let defaultControllerName = "weir.dev/gateway-controller"
    /// The GatewayClass that a standalone run has when the manifests bring none.
    package static let defaultGatewayClassName = "weir"

    /// GatewayClasses with this `spec.controllerName` are ours.
    package var controllerName: String
    /// Claimed as well, for a trial with manifests written for another implementation.
    package var additionalControllerNames: Set<String>
    /// Without a cluster: if no GatewayClass is ours, one named `defaultGatewayClassName` exists, and every namespace
    /// that no object declares exists with its name label.
    package var standalone: Bool
    package var externalNameServices: ExternalNamePolicy
    /// Where all Gateways can be reached if there is no `addressPool`; requested addresses must be among these. Empty
    /// when none is known yet.
    package var addresses: [GatewayStatusAddress]
    /// Gives every Gateway addresses of its own, to which its listeners are bound. nil: all share the bind address.
    package var addressPool: AddressPool?
    /// Endpoints that stand in for those of the EndpointSlices. The Service must exist all the same.
    package var backendOverrides: [BackendID: [Endpoint]]
    /// Ports that could not be opened, with the reason as a sentence fragment such as "permission denied".
    package var unbindablePorts: [BindAddress: String]
    /// Addresses of the pool that this machine does not have, with the reason likewise.
    package var unbindableAddresses: [String: String] = [:]

    /// Whether Services of type ExternalName may be backends. Whoever may write such a Service can make the proxy send
    /// requests to any name it can resolve (CVE-2021-25740), so only a single-user run allows it.
    package enum ExternalNamePolicy: Sendable, Hashable {
        case allowed
        case refused
    }

    package init(
        controllerName: String = Self.defaultControllerName, additionalControllerNames: Set<String> = [],
        standalone: Bool = false, externalNameServices: ExternalNamePolicy = .refused,
        addresses: [GatewayStatusAddress] = [GatewayStatusAddress(value: "127.0.0.1")],
        addressPool: AddressPool? = nil, backendOverrides: [BackendID: [Endpoint]] = [:],
        unbindablePorts: [BindAddress: String] = [:]
    ) {
        self.controllerName = controllerName
        self.additionalControllerNames = additionalControllerNames
        self.standalone = standalone
        self.externalNameServices = externalNameServices
        self.addresses = addresses
        self.addressPool = addressPool
        self.backendOverrides = backendOverrides
        self.unbindablePorts = unbindablePorts
    }

    func claims(_ controllerName: String) -> Bool {
        controllerName == self.controllerName || additionalControllerNames.contains(controllerName)
    }
}
