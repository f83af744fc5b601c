import GatewayAPI
import KubernetesTypes
import Routing

/// Validation of client certificates (`spec.tls.frontend`, GEP-91): which CA certificates apply to a listener, and
/// whether they are there. A listener without one usable CA is refused: it must not serve clients unchecked.
struct FrontendValidation {
    private let config: FrontendTLSConfig
    /// Resolves references of the Gateway, whose setting applies to the listeners of ListenerSets as well.
    private let refs: CertificateRefs
    private let path = FieldPath("spec.tls.frontend")

    init?(_ gateway: Gateway, _ refs: CertificateRefs) {
        guard let config = gateway.spec.tls?.frontend else { return nil }
        self.config = config
        self.refs = refs
    }

    /// The setting for HTTPS listeners of a port: the port's own, or else the default.
    private func validation(port: UInt16) -> (FrontendTLSValidation, FieldPath)? {
        if let index = config.perPort.firstIndex(where: { $0.port == port }) {
            let path = path.field("perPort").index(index).field("tls").field("validation")
            return config.perPort[index].tls.validation.map { ($0, path) }
        }
        return config.default.validation.map { ($0, path.field("default").field("validation")) }
    }

    func apply(to listener: inout ListenerEvaluation) {
        guard listener.spec.protocol == .https, let (validation, path) = validation(port: listener.spec.port) else {
            return
        }
        guard let mode = ClientCertificateValidation.Mode(validation.mode) else {
            listener.refuse(
                .clientValidationMode, .unsupportedValue, "tls",
                "Client certificates cannot be checked in the mode \(validation.mode).",
                help:
                    "Write AllowValidOnly or AllowInsecureFallback at \(path).mode\(listener.listenerSet == nil ? "" : " of the Gateway")."
            )
            return
        }
        var authorities: [[UInt8]] = []
        for (index, reference) in validation.caCertificateRefs.enumerated() {
            // The author of a ListenerSet finds the setting at the Gateway; what can be pointed at is the listener.
            let place =
                listener.listenerSet == nil
                ? path.field("caCertificateRefs").index(index) : listener.path.field("tls")
            switch refs.authorities(reference, at: place) {
            case .failure(.notPermitted(let finding)): listener.addUnresolved(.refNotPermitted, finding)
            case .failure(.wrongKind(let finding)): listener.addUnresolved(.invalidCACertificateKind, finding)
            case .failure(.unusable(let finding)): listener.addUnresolved(.invalidCACertificateRef, finding)
            case .success(let found): if !authorities.contains(found.pem) { authorities.append(found.pem) }
            }
        }
        listener.clientValidation = ClientCertificateValidation(mode: mode, authorities: authorities)
        if authorities.isEmpty {
            listener.refuse(
                .noValidCACertificate, .noValidCACertificate, "tls",
                "None of the CA certificates that client certificates are to be checked with can be used.",
                help: "Correct \(path).caCertificateRefs\(listener.listenerSet == nil ? "" : " of the Gateway").")
        }
    }

    /// The effective settings that let clients in whose certificate is not valid, for the given listeners.
    func insecurePorts(of listeners: [ListenerEvaluation]) -> [UInt16] {
        let ports = listeners.filter { $0.spec.protocol == .https }.map(\.spec.port)
        return Set(ports).sorted().filter { validation(port: $0)?.0.mode == .allowInsecureFallback }
    }
}

extension ClientCertificateValidation.Mode {
    /// nil for a mode that a newer CRD may have.
    fileprivate init?(_ mode: FrontendValidationMode) {
        switch mode {
        case .allowValidOnly: self = .allowValidOnly
        case .allowInsecureFallback: self = .allowInsecureFallback
        case .unrecognized: return nil
        }
    }
}
