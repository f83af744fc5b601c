import KubernetesTypes

/// Services whose annotation `gateway.weir.dev/proxy-protocol` has no effect.
enum ProxyProtocolLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        context.state.services.entries.compactMap { stored in
            let service = stored.object
            guard let value = service.metadata.annotations[ProxyProtocolAnnotation.name],
                ProxyProtocolAnnotation.version(for: service) == nil
            else { return nil }
            return Diagnostic(
                object: service.key, code: .proxyProtocolVersion, severity: .warning,
                path: FieldPath("metadata.annotations").key(ProxyProtocolAnnotation.name),
                message:
                    "`\(value)` is no version of the PROXY protocol: connections to this Service begin without it.",
                help: "Write `v1` or `v2`.")
        }
    }
}
