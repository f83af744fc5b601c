import KubernetesTypes

/// `filters[].externalAuth` (GEP-1494, experimental).
package struct HTTPExternalAuthFilter: Sendable, Hashable {
    package var `protocol`: ExternalAuthProtocol
    package var backendRef: BackendObjectReference
    /// Set exactly when the protocol is GRPC.
    package var grpc: GRPCAuthConfig?
    /// Set exactly when the protocol is HTTP.
    package var http: HTTPAuthConfig?
    /// nil forwards no body.
    package var forwardBody: ForwardBodyConfig?

    package init(
        protocol: ExternalAuthProtocol, backendRef: BackendObjectReference, grpc: GRPCAuthConfig? = nil,
        http: HTTPAuthConfig? = nil, forwardBody: ForwardBodyConfig? = nil
    ) {
        self.protocol = `protocol`
        self.backendRef = backendRef
        self.grpc = grpc
        self.http = http
        self.forwardBody = forwardBody
    }
}

/// `filters[].externalAuth.protocol`.
package enum ExternalAuthProtocol: OpenEnum {
    case http
    case grpc
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [ExternalAuthProtocol] = [.http, .grpc]

    package var rawValue: String {
        switch self {
        case .http: "HTTP"
        case .grpc: "GRPC"
        case .unrecognized(let value): value
        }
    }
}

/// `filters[].externalAuth.grpc`.
package struct GRPCAuthConfig: Sendable, Hashable {
    /// Headers for the authorizer; empty sends all.
    package var allowedHeaders: [String]

    package init(allowedHeaders: [String] = []) {
        self.allowedHeaders = allowedHeaders
    }
}

/// `filters[].externalAuth.http`.
package struct HTTPAuthConfig: Sendable, Hashable {
    /// Put before the path of the request.
    package var path: String?
    /// Additional headers for the authorizer.
    package var allowedHeaders: [String]
    /// Headers of the authorizer's answer to copy to the request; empty copies all.
    package var allowedResponseHeaders: [String]

    package init(path: String? = nil, allowedHeaders: [String] = [], allowedResponseHeaders: [String] = []) {
        self.path = path
        self.allowedHeaders = allowedHeaders
        self.allowedResponseHeaders = allowedResponseHeaders
    }
}

/// `filters[].externalAuth.forwardBody`.
package struct ForwardBodyConfig: Sendable, Hashable {
    /// Bytes. nil or 0 forwards nothing.
    package var maxSize: Int?

    package init(maxSize: Int? = nil) {
        self.maxSize = maxSize
    }
}
