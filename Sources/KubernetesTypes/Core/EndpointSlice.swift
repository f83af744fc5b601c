/// A discovery.k8s.io/v1 EndpointSlice: some of the endpoints of a Service.
package struct EndpointSlice: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice")
    package static let isNamespaced = true

    /// The label that names the Service, in the slice's own namespace, to which the slice belongs.
    package static let serviceNameLabel = "kubernetes.io/service-name"

    package enum AddressType: String, Sendable, Hashable, CaseIterable {
        case ipv4 = "IPv4"
        case ipv6 = "IPv6"
        case fqdn = "FQDN"
    }

    package var metadata: ObjectMeta
    package var addressType: AddressType
    package var endpoints: [SliceEndpoint]
    package var ports: [SlicePort]

    package init(
        metadata: ObjectMeta, addressType: AddressType = .ipv4, endpoints: [SliceEndpoint] = [],
        ports: [SlicePort] = []
    ) {
        self.metadata = metadata
        self.addressType = addressType
        self.endpoints = endpoints
        self.ports = ports
    }

    /// The Service, by the label; nil for a slice that belongs to none.
    package var serviceName: String? { metadata.labels[Self.serviceNameLabel] }
}

/// `EndpointSlice.endpoints[]`.
package struct SliceEndpoint: Sendable, Hashable {
    /// Interchangeable addresses of one endpoint, of the slice's address type. At least one; consumers use the first.
    package var addresses: [String]
    package var conditions: EndpointConditions
    /// The name of the Pod (`targetRef.name`) behind the endpoint.
    package var targetName: String?

    package init(
        addresses: [String], conditions: EndpointConditions = EndpointConditions(), targetName: String? = nil
    ) {
        self.addresses = addresses
        self.conditions = conditions
        self.targetName = targetName
    }
}

/// `EndpointSlice.endpoints[].conditions`, with the meaning that the API gives to absent values.
package struct EndpointConditions: Sendable, Hashable {
    /// Absent means true.
    package var ready: Bool
    /// Absent means the same as `ready`. True for a terminating endpoint that still answers.
    package var serving: Bool
    /// Absent means false.
    package var terminating: Bool

    package init(ready: Bool? = nil, serving: Bool? = nil, terminating: Bool? = nil) {
        self.ready = ready ?? true
        self.serving = serving ?? ready ?? true
        self.terminating = terminating ?? false
    }
}

/// `EndpointSlice.ports[]`.
package struct SlicePort: Sendable, Hashable {
    /// The name of the Service port; empty when that has none.
    package var name: String
    /// nil stands for all ports.
    package var port: UInt16?
    package var `protocol`: TransportProtocol
    package var appProtocol: String?

    package init(
        name: String = "", port: UInt16?, protocol: TransportProtocol = .tcp, appProtocol: String? = nil
    ) {
        self.name = name
        self.port = port
        self.protocol = `protocol`
        self.appProtocol = appProtocol
    }
}
