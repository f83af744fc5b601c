package import Manifests
package import Reconciler

extension ClusterState {
    /// The objects of manifests.
    package init(_ snapshot: ManifestSnapshot) {
        self.init()
        for decoded in snapshot.objects { set(decoded.object) }
    }

    /// Inserts or replaces; kinds that are not decoded are left out.
    package mutating func set(_ object: ManifestObject) {
        switch object {
        case .gatewayClass(let object): set(object)
        case .gateway(let object): set(object)
        case .listenerSet(let object): set(object)
        case .httpRoute(let object): set(object)
        case .grpcRoute(let object): set(object)
        case .tlsRoute(let object): set(object)
        case .tcpRoute(let object): set(object)
        case .udpRoute(let object): set(object)
        case .backendTLSPolicy(let object): set(object)
        case .xBackend(let object): set(object)
        case .xBackendTrafficPolicy(let object): set(object)
        case .referenceGrant(let object): set(object)
        case .service(let object): set(object)
        case .endpointSlice(let object): set(object)
        case .namespace(let object): set(object)
        case .secret(let object): set(object)
        case .configMap(let object): set(object)
        // Certificates are for the engine that issues them; what follows is a Secret.
        case .certificate, .issuer, .clusterIssuer, .unknown: break
        }
    }
}
