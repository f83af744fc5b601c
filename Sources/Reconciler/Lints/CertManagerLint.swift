import GatewayAPI
import KubernetesTypes
import Routing

/// Listeners for which cert-manager makes no certificate although the Gateway asks it to: it needs a hostname, a Secret to
/// put the certificate into, and TLS that ends at the listener.
enum CertManagerLint: Lint {
    private static let annotations = ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer"]

    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        context.state.gateways.entries.flatMap { stored -> [Diagnostic] in
            let gateway = stored.object
            guard let annotation = annotations.first(where: { gateway.metadata.annotations[$0] != nil }) else {
                return []
            }
            let listeners = gateway.spec.listeners
            if !listeners.contains(where: { $0.tls != nil }) {
                let path = FieldPath("metadata.annotations").key(annotation)
                return [
                    warning(
                        gateway, at: path, "cert-manager makes no certificate: no listener of the Gateway has TLS.",
                        help: "Add a listener of protocol HTTPS with a hostname and certificateRefs.")
                ]
            }
            return listeners.enumerated().compactMap { index, listener in
                guard listener.tls != nil, let reason = objection(to: listener) else { return nil }
                return warning(
                    gateway, at: FieldPath("spec.listeners").index(index),
                    "cert-manager makes no certificate for listener \(listener.name): \(reason.text).",
                    help: reason.help)
            }
        }
    }

    private static func objection(to listener: Listener) -> (text: String, help: String)? {
        guard let tls = listener.tls, tls.mode == .terminate else { return nil }
        if listener.hostname?.isEmpty ?? true {
            return ("it has no hostname", "Add a hostname; the certificate is made for it.")
        }
        if tls.certificateRefs.isEmpty {
            return ("it has no certificateRefs", "Name the Secret that the certificate is to be put into.")
        }
        guard tls.certificateRefs.contains(where: { $0.group.isEmpty && $0.kind == "Secret" }) else {
            return ("its certificateRefs name no Secret", "Refer to a Secret (group \"\").")
        }
        return nil
    }

    private static func warning(
        _ gateway: Gateway, at path: FieldPath, _ message: String, help: String
    ) -> Diagnostic {
        Diagnostic(
            object: gateway.key, code: .certManagerPassesOver, severity: .warning, path: path, message: message,
            help: help)
    }
}
