import KubernetesTypes

/// `Gateway.spec.tls` (GEP-91, GEP-3155).
package struct GatewayTLSConfig: Sendable, Hashable {
    package var backend: GatewayBackendTLS?
    package var frontend: FrontendTLSConfig?

    package init(backend: GatewayBackendTLS? = nil, frontend: FrontendTLSConfig? = nil) {
        self.backend = backend
        self.frontend = frontend
    }
}

/// `Gateway.spec.tls.backend`.
package struct GatewayBackendTLS: Sendable, Hashable {
    /// The certificate that the Gateway shows to backends.
    package var clientCertificateRef: SecretObjectReference?

    package init(clientCertificateRef: SecretObjectReference? = nil) {
        self.clientCertificateRef = clientCertificateRef
    }
}

/// `Gateway.spec.tls.frontend`.
package struct FrontendTLSConfig: Sendable, Hashable {
    /// For every HTTPS listener without an entry in `perPort`.
    package var `default`: TLSConfig
    /// Ports are distinct.
    package var perPort: [TLSPortConfig]

    package init(default: TLSConfig, perPort: [TLSPortConfig] = []) {
        self.default = `default`
        self.perPort = perPort
    }
}

/// `Gateway.spec.tls.frontend.perPort[]`.
package struct TLSPortConfig: Sendable, Hashable {
    /// 1...65535.
    package var port: UInt16
    package var tls: TLSConfig

    package init(port: UInt16, tls: TLSConfig) {
        self.port = port
        self.tls = tls
    }
}

/// `Gateway.spec.tls.frontend.default` and `perPort[].tls`.
package struct TLSConfig: Sendable, Hashable {
    /// nil does not ask clients for certificates.
    package var validation: FrontendTLSValidation?

    package init(validation: FrontendTLSValidation? = nil) {
        self.validation = validation
    }
}

/// How client certificates are checked.
package struct FrontendTLSValidation: Sendable, Hashable {
    /// 1 to 16.
    package var caCertificateRefs: [ObjectReference]
    package var mode: FrontendValidationMode

    package init(caCertificateRefs: [ObjectReference], mode: FrontendValidationMode = .allowValidOnly) {
        self.caCertificateRefs = caCertificateRefs
        self.mode = mode
    }
}

/// `validation.mode`.
package enum FrontendValidationMode: OpenEnum {
    case allowValidOnly
    case allowInsecureFallback
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [FrontendValidationMode] = [.allowValidOnly, .allowInsecureFallback]

    package var rawValue: String {
        switch self {
        case .allowValidOnly: "AllowValidOnly"
        case .allowInsecureFallback: "AllowInsecureFallback"
        case .unrecognized(let value): value
        }
    }
}
