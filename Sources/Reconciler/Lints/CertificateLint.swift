import GatewayAPI
import KubernetesTypes
import Routing

/// Certificates that clients will refuse.
enum CertificateLint: Lint {
    /// So long before the end a certificate should have been renewed.
    private static let daysOfNotice: Int64 = 30

    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        context.listeners.flatMap { listener -> [Diagnostic] in
            guard let tls = listener.spec.tls, tls.mode == .terminate else { return [] }
            let held = tls.certificateRefs.enumerated().compactMap { index, reference in
                certificate(reference, of: listener, context).map { (index, $0.key, $0.value) }
            }
            let path = listener.path.field("tls").field("certificateRefs")
            var result = held.flatMap { index, secret, certificate in
                let place = path.index(index)
                return listener.unresolved.contains(where: place.contains)
                    ? [] : validity(of: certificate, in: secret, listener, at: place, context.now)
            }
            // One that is not known may be for any name.
            guard !held.isEmpty, held.count == tls.certificateRefs.count else { return result }
            result += coverage(by: held.flatMap(\.2.names), listener, at: path, context)
            return result
        }
    }

    private static func certificate(
        _ reference: SecretObjectReference, of listener: LintListener, _ context: LintContext
    ) -> (key: ObjectKey, value: CertificateValidity)? {
        guard reference.group.isEmpty, reference.kind == Secret.groupKind.kind else { return nil }
        let key = ObjectKey(
            Secret.groupKind, namespace: reference.namespace ?? listener.object.namespace, name: reference.name)
        return context.certificates[key].map { (key, $0) }
    }

    // MARK: Time

    private static func validity(
        of certificate: CertificateValidity, in secret: ObjectKey, _ listener: LintListener, at path: FieldPath,
        _ now: Timestamp
    ) -> [Diagnostic] {
        func warning(_ code: DiagnosticCode, _ message: String, _ help: String) -> Diagnostic {
            Diagnostic(
                object: listener.object, code: code, severity: .warning, path: path, message: message, help: help)
        }
        var result: [Diagnostic] = []
        let left = certificate.notAfter.secondsSince1970 - now.secondsSince1970
        if left < 0 {
            result.append(
                warning(
                    .certificateNotValid, "The certificate in \(secret) has expired on \(certificate.notAfter).",
                    "Renew it."))
        } else if certificate.notBefore > now {
            result.append(
                warning(
                    .certificateNotValid, "The certificate in \(secret) is valid from \(certificate.notBefore) only.",
                    "Check the clock of whoever made it, or wait."))
        } else if left < daysOfNotice * 86400 {
            result.append(
                warning(
                    .certificateExpires,
                    "The certificate in \(secret) expires on \(certificate.notAfter), in \(left / 86400) days.",
                    "Renew it."))
        }
        return result
    }

    // MARK: Names

    private static func coverage(
        by names: [String], _ listener: LintListener, at path: FieldPath, _ context: LintContext
    ) -> [Diagnostic] {
        let offered = names.isEmpty ? "no DNS name" : Wording.list(names)
        if let hostname = listener.hostname, hostname != .any, !covers(names, hostname) {
            return [
                Diagnostic(
                    object: listener.object, code: .certificateForOtherHost, severity: .warning, path: path,
                    message: "The certificate of listener \(listener.spec.name) is for \(offered), not for "
                        + "\(hostname).",
                    help: "Clients will refuse it: use a certificate for \(hostname), or correct the hostname.")
            ]
        }
        return listener.routes.flatMap { index, hostnames in
            hostnames.compactMap { hostname in
                guard hostname != .any, hostname != listener.hostname, !covers(names, hostname) else { return nil }
                let route = context.routes[index].route.gatewayRoute
                let written = route.hostnames.firstIndex { HostnamePattern($0) == hostname }
                let place = FieldPath("spec.hostnames")
                return Diagnostic(
                    object: route.key, code: .certificateNotForRoute, severity: .warning,
                    path: written.map(place.index) ?? place,
                    message: "The certificate of listener \(listener.spec.name) of Gateway \(listener.gateway) is for "
                        + "\(offered), not for \(hostname).",
                    help: "A wildcard in a certificate stands for one label only. Use a certificate for \(hostname).")
            }
        }
    }

    /// Whether clients take one of the names for every host of the pattern (RFC 9525 section 6.3: `*` is exactly one
    /// label, where a listener's is one or more; a listener's wildcard is covered by the same wildcard all the same).
    private static func covers(_ names: [String], _ hostname: HostnamePattern) -> Bool {
        names.contains { name in
            switch hostname {
            case .any: true
            case .wildcard: name == hostname.description
            case .exact(let host):
                name == host.text
                    || (name.hasPrefix("*.") && host.text.split(separator: ".", maxSplits: 1).last == name.dropFirst(2))
            }
        }
    }
}
