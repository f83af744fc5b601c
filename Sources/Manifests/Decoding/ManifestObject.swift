package import CertManager
package import GatewayAPI
package import KubernetesTypes

/// An object of a manifest. Indirect, since there are lists of thousands, which are copied and sorted.
package indirect enum ManifestObject: Sendable, Hashable {
    case gatewayClass(GatewayClass)
    case gateway(Gateway)
    case listenerSet(ListenerSet)
    case httpRoute(HTTPRoute)
    case grpcRoute(GRPCRoute)
    case tlsRoute(TLSRoute)
    case tcpRoute(TCPRoute)
    case udpRoute(UDPRoute)
    case referenceGrant(ReferenceGrant)
    case backendTLSPolicy(BackendTLSPolicy)
    case xBackend(XBackend)
    case xBackendTrafficPolicy(XBackendTrafficPolicy)
    case service(Service)
    case endpointSlice(EndpointSlice)
    case namespace(Namespace)
    case secret(Secret)
    case configMap(ConfigMap)
    case certificate(Certificate)
    case issuer(Issuer)
    case clusterIssuer(ClusterIssuer)
    /// An object of a kind that is not decoded. The namespace is empty when the manifest does not state one.
    case unknown(GroupVersionKind, namespace: String, name: String)

    /// The typed object; nil for an unknown kind.
    package var typed: (any KubernetesObject)? {
        switch self {
        case .gatewayClass(let object): object
        case .gateway(let object): object
        case .listenerSet(let object): object
        case .httpRoute(let object): object
        case .grpcRoute(let object): object
        case .tlsRoute(let object): object
        case .tcpRoute(let object): object
        case .udpRoute(let object): object
        case .referenceGrant(let object): object
        case .backendTLSPolicy(let object): object
        case .xBackend(let object): object
        case .xBackendTrafficPolicy(let object): object
        case .service(let object): object
        case .endpointSlice(let object): object
        case .namespace(let object): object
        case .secret(let object): object
        case .configMap(let object): object
        case .certificate(let object): object
        case .issuer(let object): object
        case .clusterIssuer(let object): object
        case .unknown: nil
        }
    }

    package var key: ObjectKey {
        if case .unknown(let kind, let namespace, let name) = self {
            return ObjectKey(kind.groupKind, namespace: namespace, name: name)
        }
        return typed?.key ?? ObjectKey(group: "", kind: "", namespace: "", name: "")
    }

    /// nil for an unknown kind.
    package var metadata: ObjectMeta? { typed?.metadata }

    /// The same object with other metadata; an unknown kind stays as it is.
    package func with(metadata: ObjectMeta) -> ManifestObject {
        func changed<Object: KubernetesObject>(_ object: Object) -> Object {
            var object = object
            object.metadata = metadata
            return object
        }
        return switch self {
        case .gatewayClass(let object): .gatewayClass(changed(object))
        case .gateway(let object): .gateway(changed(object))
        case .listenerSet(let object): .listenerSet(changed(object))
        case .httpRoute(let object): .httpRoute(changed(object))
        case .grpcRoute(let object): .grpcRoute(changed(object))
        case .tlsRoute(let object): .tlsRoute(changed(object))
        case .tcpRoute(let object): .tcpRoute(changed(object))
        case .udpRoute(let object): .udpRoute(changed(object))
        case .referenceGrant(let object): .referenceGrant(changed(object))
        case .backendTLSPolicy(let object): .backendTLSPolicy(changed(object))
        case .xBackend(let object): .xBackend(changed(object))
        case .xBackendTrafficPolicy(let object): .xBackendTrafficPolicy(changed(object))
        case .service(let object): .service(changed(object))
        case .endpointSlice(let object): .endpointSlice(changed(object))
        case .namespace(let object): .namespace(changed(object))
        case .secret(let object): .secret(changed(object))
        case .configMap(let object): .configMap(changed(object))
        case .certificate(let object): .certificate(changed(object))
        case .issuer(let object): .issuer(changed(object))
        case .clusterIssuer(let object): .clusterIssuer(changed(object))
        case .unknown: self
        }
    }

    /// What the API server would refuse.
    package func validate() -> [ValidationIssue] {
        switch self {
        case .gatewayClass(let object): object.validate()
        case .gateway(let object): object.validate()
        case .listenerSet(let object): object.validate()
        case .httpRoute(let object): object.validate()
        case .grpcRoute(let object): object.validate()
        case .tlsRoute(let object): object.validate()
        case .tcpRoute(let object): object.validate()
        case .udpRoute(let object): object.validate()
        case .referenceGrant(let object): object.validate()
        case .backendTLSPolicy(let object): object.validate()
        case .xBackend(let object): object.validate()
        case .xBackendTrafficPolicy(let object): object.validate()
        case .service(let object): object.validate()
        case .endpointSlice(let object): object.validate()
        case .namespace(let object): metadataIssues(object, nameFormat: .dnsLabel)
        case .secret(let object): metadataIssues(object)
        case .configMap(let object): metadataIssues(object)
        case .certificate(let object): object.validate()
        case .issuer(let object): object.validate()
        case .clusterIssuer(let object): object.validate()
        case .unknown: []
        }
    }
}

private func metadataIssues<Object: KubernetesObject>(
    _ object: Object, nameFormat: TextFormat = .dnsSubdomain
) -> [ValidationIssue] {
    var validator = Validator()
    object.metadata.validate(into: &validator, isNamespaced: Object.isNamespaced, nameFormat: nameFormat)
    return validator.issues
}
