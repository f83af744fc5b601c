import GatewayAPI
import KubernetesTypes
import Routing

/// Listeners for which cert-manager makes no certificate although the Gateway asks it to: it needs a hostname, a Secret to
/// put the certificate into, and TLS that ends at the listener.
enum CertManagerLint: Lint {
    private static let annotations = ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer"]

    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        context.state.gateways.entries.flatMap {
            diagnostics($0.object.key, $0.object.metadata.annotations, $0.object.spec.listeners)
        }
            + context.state.listenerSets.entries.flatMap {
                diagnostics($0.object.key, $0.object.metadata.annotations, $0.object.spec.listeners)
            }
    }

    private static func diagnostics(
        _ object: ObjectKey, _ own: [String: String], _ listeners: [Listener]
    ) -> [Diagnostic] {
        guard let annotation = annotations.first(where: { own[$0] != nil }) else { return [] }
        if !listeners.contains(where: { $0.tls != nil }) {
            return [
                warning(
                    object, at: FieldPath("metadata.annotations").key(annotation),
                    "cert-manager makes no certificate: no listener of the \(object.kind) has TLS.",
                    help: "Add a listener of protocol HTTPS with a hostname and certificateRefs.")
            ]
        }
        return listeners.enumerated().compactMap { index, listener in
            guard listener.tls != nil, let reason = objection(to: listener) else { return nil }
            return warning(
                object, at: FieldPath("spec.listeners").index(index),
                "cert-manager makes no certificate for listener \(listener.name): \(reason.text).", help: reason.help)
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
        _ object: ObjectKey, at path: FieldPath, _ message: String, help: String
    ) -> Diagnostic {
        Diagnostic(
            object: object, code: .certManagerPassesOver, severity: .warning, path: path, message: message,
            help: help)
    }
}
