import GatewayAPI
import KubernetesTypes
import Routing

/// Backends whose TLS depends on Secrets, ConfigMaps or ReferenceGrants that changed.
struct KeyMaterialUsers {
    private(set) var services: Set<ObjectName> = []
    private(set) var xBackends: Set<ObjectName> = []

    init(
        _ state: ClusterState, secrets: Set<ObjectName>, configMaps: Set<ObjectName>, grantingNamespaces: Set<String>
    ) {
        if secrets.isEmpty, configMaps.isEmpty, grantingNamespaces.isEmpty { return }
        func concern(_ validation: BackendTLSPolicyValidation?, _ namespace: String) -> Bool {
            validation?.caCertificateRefs.contains { reference in
                let name = ObjectName(namespace: namespace, name: reference.name)
                return reference.kind == Secret.groupKind.kind ? secrets.contains(name) : configMaps.contains(name)
            } ?? false
        }
        for policy in state.backendTLSPolicies.entries
        where concern(policy.object.spec.validation, policy.name.namespace) {
            services.formUnion(policy.services.map(\.service))
        }
        for backend in state.xBackends.entries {
            guard let tls = backend.object.spec.tls else { continue }
            let namespace = backend.name.namespace
            let isConcerned = tls.clientCertificateRef.map { reference in
                let place = reference.namespace ?? namespace
                return secrets.contains(ObjectName(namespace: place, name: reference.name))
                    || grantingNamespaces.contains(place)
            }
            if isConcerned == true || concern(tls.validation, namespace) { xBackends.insert(backend.name) }
        }
    }
}
