import GatewayAPI
import KubernetesTypes
import Routing

/// References of a Gateway or ListenerSet to Secrets with certificates and ConfigMaps with CA certificates.
struct CertificateRefs {
    var state: ClusterState
    /// The kind that refers; grants to Gateways are none to ListenerSets.
    var from: GroupKind
    /// Its namespace.
    var namespace: String

    enum Failure {
        case notPermitted(Finding)
        case wrongKind(Finding)
        /// The object is missing or unusable.
        case unusable(Finding)
    }

    /// nil when the Secret exists and holds what looks like a certificate with its key.
    func checkSecret(_ reference: SecretObjectReference, at path: FieldPath) -> Failure? {
        let kind = GroupKind(group: reference.group, kind: reference.kind)
        let name = ObjectName(namespace: reference.namespace ?? namespace, name: reference.name)
        if let finding = refusal(of: kind, name, at: path) { return .notPermitted(finding) }
        guard kind == Secret.groupKind else {
            return .wrongKind(
                Finding(
                    .certificateKind, path, "\(kind) \(name) cannot hold a certificate.",
                    help: "Refer to a Secret (group \"\")."))
        }
        guard let secret = state.secrets[name] else {
            return .unusable(
                Finding(
                    .missingCertificate, path, "Secret \(name) does not exist.",
                    help: "Create it with kubectl create secret tls \(name.name) -n \(name.namespace)."))
        }
        for (key, label) in [("tls.crt", PEM.Label.certificate), ("tls.key", .privateKey)] {
            guard let bytes = secret.data[key]?.bytes else {
                return .unusable(
                    Finding(
                        .unusableCertificate, path, "Secret \(name) has no \(key).",
                        help: "It must have tls.crt and tls.key."))
            }
            guard PEM.holds(label, bytes) else {
                return .unusable(
                    Finding(
                        .unusableCertificate, path,
                        "\(key) of Secret \(name) is not \(label.article) in PEM form.", help: label.help))
            }
        }
        return nil
    }

    /// nil when the ConfigMap exists and holds what looks like CA certificates (`ca.crt`).
    func checkCACertificates(_ reference: ObjectReference, at path: FieldPath) -> Failure? {
        let kind = GroupKind(group: reference.group, kind: reference.kind)
        let name = ObjectName(namespace: reference.namespace ?? namespace, name: reference.name)
        if let finding = refusal(of: kind, name, at: path) { return .notPermitted(finding) }
        guard kind == ConfigMap.groupKind else {
            return .wrongKind(
                Finding(
                    .certificateKind, path, "\(kind) \(name) cannot hold CA certificates.",
                    help: "Refer to a ConfigMap (group \"\")."))
        }
        guard let configMap = state.configMaps[name] else {
            return .unusable(
                Finding(
                    .missingCertificate, path, "ConfigMap \(name) does not exist.",
                    help: "Create it with a key ca.crt."))
        }
        guard let text = configMap.data["ca.crt"] else {
            return .unusable(
                Finding(.unusableCertificate, path, "ConfigMap \(name) has no ca.crt.", help: "Add it."))
        }
        guard PEM.holds(.certificate, Array(text.utf8)) else {
            return .unusable(
                Finding(
                    .unusableCertificate, path, "ca.crt of ConfigMap \(name) is not a certificate in PEM form.",
                    help: PEM.Label.certificate.help))
        }
        return nil
    }

    /// Permission comes before existence, so that nobody can probe for objects of other namespaces.
    private func refusal(of kind: GroupKind, _ name: ObjectName, at path: FieldPath) -> Finding? {
        let reference = CrossNamespaceReference(
            from: from, fromNamespace: namespace, to: kind, target: name)
        return reference.isGranted(in: state) ? nil : reference.refusal(at: path, in: state)
    }
}
