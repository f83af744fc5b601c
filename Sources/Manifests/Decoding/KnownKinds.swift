import CertManager
import GatewayAPI
import KubernetesTypes

/// A kind that is decoded, and the versions of it that are accepted. All versions of a kind have the same fields.
struct KnownKind: Sendable {
    var versions: [String]
    var isNamespaced: Bool
    var decode: @Sendable (DocumentNode, DecodingContext) -> ManifestObject

    private init<Object: KubernetesObject & FieldDecodable>(
        _: Object.Type, versions: [String], _ make: @escaping @Sendable (Object) -> ManifestObject
    ) {
        self.versions = versions
        isNamespaced = Object.isNamespaced
        decode = { node, context in
            make(FieldReader.decode(node, at: node.position, path: .root, context: context))
        }
    }

    static let all: [GroupKind: KnownKind] = [
        GatewayClass.groupKind: KnownKind(GatewayClass.self, versions: ["v1", "v1beta1"]) { .gatewayClass($0) },
        Gateway.groupKind: KnownKind(Gateway.self, versions: ["v1", "v1beta1"]) { .gateway($0) },
        ListenerSet.groupKind: KnownKind(ListenerSet.self, versions: ["v1"]) { .listenerSet($0) },
        HTTPRoute.groupKind: KnownKind(HTTPRoute.self, versions: ["v1", "v1beta1"]) { .httpRoute($0) },
        GRPCRoute.groupKind: KnownKind(GRPCRoute.self, versions: ["v1"]) { .grpcRoute($0) },
        // Older versions are those that the experimental channel serves. All are held to the rules of v1.
        TLSRoute.groupKind: KnownKind(TLSRoute.self, versions: ["v1", "v1alpha3", "v1alpha2"]) { .tlsRoute($0) },
        TCPRoute.groupKind: KnownKind(TCPRoute.self, versions: ["v1", "v1alpha2"]) { .tcpRoute($0) },
        UDPRoute.groupKind: KnownKind(UDPRoute.self, versions: ["v1", "v1alpha2"]) { .udpRoute($0) },
        ReferenceGrant.groupKind: KnownKind(ReferenceGrant.self, versions: ["v1", "v1beta1"]) { .referenceGrant($0) },
        BackendTLSPolicy.groupKind: KnownKind(BackendTLSPolicy.self, versions: ["v1", "v1alpha3"]) {
            .backendTLSPolicy($0)
        },
        XBackend.groupKind: KnownKind(XBackend.self, versions: ["v1alpha1"]) { .xBackend($0) },
        XBackendTrafficPolicy.groupKind: KnownKind(XBackendTrafficPolicy.self, versions: ["v1alpha1"]) {
            .xBackendTrafficPolicy($0)
        },
        Service.groupKind: KnownKind(Service.self, versions: ["v1"]) { .service($0) },
        EndpointSlice.groupKind: KnownKind(EndpointSlice.self, versions: ["v1"]) { .endpointSlice($0) },
        Namespace.groupKind: KnownKind(Namespace.self, versions: ["v1"]) { .namespace($0) },
        Secret.groupKind: KnownKind(Secret.self, versions: ["v1"]) { .secret($0) },
        ConfigMap.groupKind: KnownKind(ConfigMap.self, versions: ["v1"]) { .configMap($0) },
        Certificate.groupKind: KnownKind(Certificate.self, versions: ["v1"]) { .certificate($0) },
        Issuer.groupKind: KnownKind(Issuer.self, versions: ["v1"]) { .issuer($0) },
        ClusterIssuer.groupKind: KnownKind(ClusterIssuer.self, versions: ["v1"]) { .clusterIssuer($0) },
    ]

    /// Kinds of the Gateway API that exist but are not decoded, so that their names are not taken for mistakes.
    private static let otherGatewayKinds: Set<String> = ["XMesh"]

    /// The known kind of the same API group that an unknown kind is probably a misspelling of.
    static func suggestion(for kind: GroupVersionKind) -> String? {
        guard [gatewayAPIGroup, experimentalGatewayAPIGroup].contains(kind.group),
            !otherGatewayKinds.contains(kind.kind)
        else { return nil }
        let candidates = all.keys.filter { $0.group == kind.group }.map(\.kind).sorted()
        return KubernetesTypes.suggestion(for: kind.kind, among: candidates)
    }
}
