import GatewayAPI
import KubernetesTypes
import Routing

/// References of a Gateway, ListenerSet or policy to Secrets with certificates and ConfigMaps with CA certificates.
struct CertificateRefs {
    var state: ClusterState
    var material: KeyMaterial
    /// The kind that refers; grants to Gateways are none to ListenerSets.
    var from: GroupKind
    /// Its namespace.
    var namespace: String

    enum Failure: Error {
        case notPermitted(Finding)
        case wrongKind(Finding)
        /// The object is missing or unusable.
        case unusable(Finding)

        var finding: Finding {
            switch self {
            case .notPermitted(let finding), .wrongKind(let finding), .unusable(let finding): finding
            }
        }
    }

    /// The certificate of a Secret.
    func keyPair(_ reference: SecretObjectReference, at path: FieldPath) -> Result<KeyPair, Failure> {
        let kind = GroupKind(group: reference.group, kind: reference.kind)
        let name = ObjectName(namespace: reference.namespace ?? namespace, name: reference.name)
        if let finding = refusal(of: kind, name, at: path) { return .failure(.notPermitted(finding)) }
        guard kind == Secret.groupKind else {
            return .failure(
                .wrongKind(
                    Finding(
                        .certificateKind, path, "\(kind) \(name) cannot hold a certificate.",
                        help: "Refer to a Secret (group \"\").")))
        }
        return found(
            material.keyPair(name), at: path, missing: "Secret \(name)",
            help: "Create it with kubectl create secret tls \(name.name) -n \(name.namespace).")
    }

    /// The CA certificates (`ca.crt`) of a ConfigMap or Secret.
    func authorities(_ reference: ObjectReference, at path: FieldPath) -> Result<CertificateAuthorities, Failure> {
        let kind = GroupKind(group: reference.group, kind: reference.kind)
        let name = ObjectName(namespace: reference.namespace ?? namespace, name: reference.name)
        if let finding = refusal(of: kind, name, at: path) { return .failure(.notPermitted(finding)) }
        let help = "Create it with a key \(CertificateAuthorities.key)."
        switch kind {
        case ConfigMap.groupKind:
            return found(
                material.authorities(configMap: name), at: path, missing: "ConfigMap \(name)", help: help)
        case Secret.groupKind:
            return found(material.authorities(secret: name), at: path, missing: "Secret \(name)", help: help)
        default:
            return .failure(
                .wrongKind(
                    Finding(
                        .certificateKind, path, "\(kind) \(name) cannot hold CA certificates.",
                        help: "Refer to a ConfigMap or Secret (group \"\").")))
        }
    }

    private func found<Content>(
        _ result: Result<Content, KeyMaterial.Unusable>?, at path: FieldPath, missing: String, help: String
    ) -> Result<Content, Failure> {
        guard let result else {
            return .failure(
                .unusable(Finding(.missingCertificate, path, "\(missing) does not exist.", help: help)))
        }
        return result.mapError {
            .unusable(Finding(.unusableCertificate, path, $0.message, help: $0.help))
        }
    }

    /// Permission comes before existence, so that nobody can probe for objects of other namespaces.
    private func refusal(of kind: GroupKind, _ name: ObjectName, at path: FieldPath) -> Finding? {
        let reference = CrossNamespaceReference(
            from: from, fromNamespace: namespace, to: kind, target: name)
        return reference.isGranted(in: state) ? nil : reference.refusal(at: path, in: state)
    }
}
