import GatewayAPI
import KubernetesTypes

extension ListenerEvaluation {
    /// Resolves `tls.certificateRefs` of an HTTPS listener. What cannot be resolved never makes the listener
    /// unaccepted, only not programmed.
    mutating func resolveCertificates(_ refs: CertificateRefs) {
        guard spec.protocol == .https, let tls = spec.tls else { return }
        for (index, reference) in tls.certificateRefs.enumerated() {
            let path = path.field("tls").field("certificateRefs").index(index)
            switch refs.checkSecret(reference, at: path) {
            case .notPermitted(let finding): addUnresolved(.refNotPermitted, finding)
            case .wrongKind(let finding), .unusable(let finding): addUnresolved(.invalidCertificateRef, finding)
            case nil: continue
            }
            lacksCertificate = true
        }
    }
}
