package import CertManager
package import GatewayAPI
package import KubernetesTypes
package import Manifests
package import Reconciler

/// The Secrets that somebody will make from what the manifests ask for. They are in no manifest, and that is no mistake.
package struct PromisedSecrets {
    /// The Certificates by Secret.
    package let certificates: [ObjectKey: PlannedCertificate]

    package init(_ plan: CertificatePlan) {
        let pairs = plan.certificates.filter { !$0.isProvided }.map { ($0.request.secret, $0) }
        certificates = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// The certificate whose Secret a diagnostic misses, if it is one of these.
    package func certificate(
        missedBy diagnostic: Reconciler.Diagnostic, in object: ManifestObject?
    ) -> PlannedCertificate? {
        guard diagnostic.code == .missingCertificate, let object, let namespace = object.metadata?.namespace else {
            return nil
        }
        for (index, listener) in object.listeners.enumerated() {
            for (position, reference) in (listener.tls?.certificateRefs ?? []).enumerated() {
                let path = FieldPath("spec.listeners").index(index).field("tls").field("certificateRefs")
                guard path.index(position).contains(diagnostic.path) else { continue }
                return certificates[
                    ObjectKey(
                        Secret.groupKind, namespace: reference.namespace ?? namespace, name: reference.name)]
            }
        }
        return nil
    }
}

extension ManifestObject {
    /// Of a Gateway or ListenerSet.
    package var listeners: [Listener] {
        switch self {
        case .gateway(let gateway): gateway.spec.listeners
        case .listenerSet(let set): set.spec.listeners
        default: []
        }
    }
}

extension Reconciler.Diagnostic {
    package init(_ finding: CertificateFinding) {
        self.init(
            object: finding.object, code: finding.code, severity: finding.severity, path: finding.path,
            message: finding.message, help: finding.help)
    }
}
