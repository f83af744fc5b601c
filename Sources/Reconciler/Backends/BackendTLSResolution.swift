import GatewayAPI
import KubernetesTypes
import Routing

/// Finds out how connections to a backend are secured: by its BackendTLSPolicy, or by what an XBackend says itself.
struct BackendTLSResolution {
    let state: ClusterState
    let material: KeyMaterial
    let policies: PolicyIndex

    /// nil for plain text, which only those get who did not ask for anything else.
    func tls(of id: BackendID) -> BackendTLS? {
        if id.transport == .datagram { return nil }
        switch id.kind {
        case .service:
            let ports = state.services[id.service]?.spec.ports ?? []
            // Services of type ExternalName need not list their ports.
            let name = ports.first { $0.port == id.port && $0.protocol == .tcp }?.name ?? ""
            return policies.tls(for: id.service, portName: name).map { translation(of: $0).tls }
        case .externalBackend:
            return state.xBackends[id.service].flatMap { translation(of: $0) }?.tls
        }
    }

    func translation(of policy: Stored<BackendTLSPolicy>) -> BackendTLSTranslation {
        var translation = BackendTLSTranslation(
            policy.object.spec.validation, at: FieldPath("spec.validation"),
            refs(from: BackendTLSPolicy.groupKind, policy.name.namespace))
        translation.apply(policy.object.spec.options, at: FieldPath("spec.options"))
        return translation
    }

    /// nil when the backend wants plain text.
    func translation(of backend: XBackend) -> BackendTLSTranslation? {
        guard let tls = backend.spec.tls, tls.mode != .none else { return nil }
        let path = FieldPath("spec.tls")
        let refs = refs(from: XBackend.groupKind, backend.metadata.namespace)
        // Whoever says only that there is TLS means the name that is connected to, and the machine's own roots.
        let validation =
            tls.validation
            ?? BackendTLSPolicyValidation(
                wellKnownCACertificates: BackendTLSPolicyValidation.systemCACertificates,
                hostname: backend.spec.externalHostname?.hostname ?? "")
        var translation = BackendTLSTranslation(validation, at: path.field("validation"), refs)
        switch tls.mode {
        case .none, .serverOnly: break
        case .clientAndServer: addClientCertificate(tls, &translation, at: path, refs)
        case .unrecognized(let mode):
            translation.fail(
                Finding(
                    .xBackendTLSMode, path.field("mode"), "\(mode) is not a mode of TLS that this version knows.",
                    help: "Write None, ServerOnly or ClientAndServer."))
        }
        return translation
    }

    private func addClientCertificate(
        _ tls: XBackendTLS, _ translation: inout BackendTLSTranslation, at path: FieldPath, _ refs: CertificateRefs
    ) {
        guard let reference = tls.clientCertificateRef else {
            translation.fail(
                Finding(
                    .xBackendTLSMode, path.field("mode"), "The mode ClientAndServer needs clientCertificateRef.",
                    help: "Add it with the name of a Secret, or write mode: ServerOnly."))
            return
        }
        switch refs.keyPair(reference, at: path.field("clientCertificateRef")) {
        case .success(let keyPair): translation.show(keyPair)
        case .failure(let failure): translation.fail(failure.finding)
        }
    }

    private func refs(from kind: GroupKind, _ namespace: String) -> CertificateRefs {
        CertificateRefs(state: state, material: material, from: kind, namespace: namespace)
    }
}
