/// A core/v1 Service.
package struct Service: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(group: "", version: "v1", kind: "Service")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: ServiceSpec

    package init(metadata: ObjectMeta, spec: ServiceSpec = ServiceSpec()) {
        self.metadata = metadata
        self.spec = spec
    }
}

/// `Service.spec`, as far as traffic depends on it.
package struct ServiceSpec: Sendable, Hashable {
    package enum ServiceType: String, Sendable, Hashable, CaseIterable {
        case clusterIP = "ClusterIP"
        case nodePort = "NodePort"
        case loadBalancer = "LoadBalancer"
        case externalName = "ExternalName"
    }

    package var type: ServiceType
    package var ports: [ServicePort]
    /// An address, `None` for a headless Service, nil when not assigned.
    package var clusterIP: String?
    /// All cluster addresses; the first one is `clusterIP`.
    package var clusterIPs: [String]
    /// The DNS name behind a Service of type ExternalName.
    package var externalName: String?
    /// Pods by label. Empty for a Service whose endpoints someone else maintains.
    package var selector: [String: String]

    package init(
        type: ServiceType = .clusterIP, ports: [ServicePort] = [], clusterIP: String? = nil,
        clusterIPs: [String] = [], externalName: String? = nil, selector: [String: String] = [:]
    ) {
        self.type = type
        self.ports = ports
        self.clusterIP = clusterIP
        self.clusterIPs = clusterIPs
        self.externalName = externalName
        self.selector = selector
    }
}

/// The transport protocol of a Service port or an endpoint port.
package enum TransportProtocol: String, Sendable, Hashable, CaseIterable {
    case tcp = "TCP"
    case udp = "UDP"
    case sctp = "SCTP"
}

/// `Service.spec.ports[]`.
package struct ServicePort: Sendable, Hashable {
    /// Empty when the Service has one unnamed port. An EndpointSlice port of the same name belongs to it.
    package var name: String
    /// 1...65535.
    package var port: UInt16
    /// The port of the Pods; the Service's own port when the manifest does not say.
    package var targetPort: IntOrString
    package var `protocol`: TransportProtocol
    /// For example `kubernetes.io/h2c` (GEP-1911).
    package var appProtocol: String?

    package init(
        name: String = "", port: UInt16, targetPort: IntOrString? = nil, protocol: TransportProtocol = .tcp,
        appProtocol: String? = nil
    ) {
        self.name = name
        self.port = port
        self.targetPort = targetPort ?? .int(Int(port))
        self.protocol = `protocol`
        self.appProtocol = appProtocol
    }
}
