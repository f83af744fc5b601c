package import KubernetesTypes

/// A destination outside of the cluster, as those who send requests there describe it (experimental).
package struct XBackend: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: experimentalGatewayAPIGroup, version: "v1alpha1", kind: "XBackend")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: XBackendSpec
    package var status: XBackendStatus

    package init(metadata: ObjectMeta, spec: XBackendSpec, status: XBackendStatus = XBackendStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `XBackend.spec`.
package struct XBackendSpec: Sendable, Hashable {
    package var type: XBackendType
    /// Set exactly for the type ExternalHostname.
    package var externalHostname: ExternalHostnameBackend?
    package var port: XBackendPort
    /// nil leaves it to the route and the listener.
    package var `protocol`: XBackendProtocol?
    package var tls: XBackendTLS?

    package init(
        type: XBackendType = .externalHostname, externalHostname: ExternalHostnameBackend? = nil, port: XBackendPort,
        protocol: XBackendProtocol? = nil, tls: XBackendTLS? = nil
    ) {
        self.type = type
        self.externalHostname = externalHostname
        self.port = port
        self.protocol = `protocol`
        self.tls = tls
    }
}

/// `XBackend.spec.type`.
package enum XBackendType: OpenEnum {
    case externalHostname
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [XBackendType] = [.externalHostname]

    package var rawValue: String {
        switch self {
        case .externalHostname: "ExternalHostname"
        case .unrecognized(let value): value
        }
    }
}

/// `XBackend.spec.externalHostname`.
package struct ExternalHostnameBackend: Sendable, Hashable {
    /// A precise DNS name outside of `.cluster.local`.
    package var hostname: String

    package init(hostname: String) {
        self.hostname = hostname
    }
}

/// `XBackend.spec.port`.
package struct XBackendPort: Sendable, Hashable {
    /// A DNS label; nil and empty mean the same.
    package var name: String?
    /// 1...65535.
    package var port: UInt16

    package init(name: String? = nil, port: UInt16) {
        self.name = name
        self.port = port
    }
}

/// `XBackend.spec.protocol`.
package enum XBackendProtocol: OpenEnum {
    case tcp, http, http2, http11, h2c, mcp
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [XBackendProtocol] = [.tcp, .http, .http2, .http11, .h2c, .mcp]

    package var rawValue: String {
        switch self {
        case .tcp: "TCP"
        case .http: "HTTP"
        case .http2: "HTTP2"
        case .http11: "HTTP11"
        case .h2c: "H2C"
        case .mcp: "MCP"
        case .unrecognized(let value): value
        }
    }
}
