import KubernetesTypes

/// `XBackend.spec.tls`.
package struct XBackendTLS: Sendable, Hashable {
    package var mode: XBackendTLSMode
    /// Set exactly for the mode ClientAndServer.
    package var clientCertificateRef: SecretObjectReference?
    package var validation: BackendTLSPolicyValidation?

    package init(
        mode: XBackendTLSMode, clientCertificateRef: SecretObjectReference? = nil,
        validation: BackendTLSPolicyValidation? = nil
    ) {
        self.mode = mode
        self.clientCertificateRef = clientCertificateRef
        self.validation = validation
    }
}

/// `XBackend.spec.tls.mode`.
package enum XBackendTLSMode: OpenEnum {
    case none
    /// The backend shows a certificate.
    case serverOnly
    /// Both sides show one.
    case clientAndServer
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [XBackendTLSMode] = [.none, .serverOnly, .clientAndServer]

    package var rawValue: String {
        switch self {
        case .none: "None"
        case .serverOnly: "ServerOnly"
        case .clientAndServer: "ClientAndServer"
        case .unrecognized(let value): value
        }
    }
}
