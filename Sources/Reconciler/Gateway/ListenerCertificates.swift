import GatewayAPI
import KubernetesTypes
import Routing

extension ListenerEvaluation {
    /// Whether Weir itself answers the TLS handshake: protocol HTTPS, or TLS with mode Terminate.
    var terminatesTLS: Bool {
        switch spec.protocol {
        case .https: spec.tls != nil
        case .tls: spec.tls?.mode == .terminate
        case .http, .tcp, .udp, .unrecognized: false
        }
    }

    /// Resolves `tls.certificateRefs` and reads `tls.options` of a listener that terminates TLS. References that cannot
    /// be resolved never make the listener unaccepted. Those that can be are served; without any it is not programmed.
    mutating func resolveTLS(_ refs: CertificateRefs) {
        guard terminatesTLS, let config = spec.tls else { return }
        let place = path.field("tls")
        for (index, reference) in config.certificateRefs.enumerated() {
            let path = place.field("certificateRefs").index(index)
            switch refs.keyPair(reference, at: path) {
            case .success(let keyPair):
                keyPairs.append(keyPair)
                guard let note = keyPair.note else { continue }
                notes.append(
                    Finding(
                        .ocspStaple, path, note, help: "The certificate is served without it.", severity: .warning))
            case .failure(.notPermitted(let finding)): addUnresolved(.refNotPermitted, finding)
            case .failure(.wrongKind(let finding)), .failure(.unusable(let finding)):
                addUnresolved(.invalidCertificateRef, finding)
            }
        }
        let options = TLSOptionsTranslation(config.options, at: place.field("options"))
        notes += options.notes
        if let problem = options.problem { refuse(.unsupportedValue, problem) }
        tlsOptions = options.options
    }

    /// What the data plane needs to terminate TLS; nil when there is nothing to terminate, or no certificate.
    var tls: ListenerTLS? {
        if keyPairs.isEmpty { return nil }
        return ListenerTLS(certificates: keyPairs.map(\.content), options: tlsOptions)
    }

    /// It is to be served with a certificate, and none can be used: it cannot be programmed.
    var lacksCertificate: Bool { terminatesTLS && keyPairs.isEmpty }
}
