package import KubernetesTypes

/// `Gateway.spec.listeners[]`: where connections are accepted.
package struct Listener: Sendable, Hashable {
    /// Unique in the Gateway.
    package var name: String
    /// Lowercase DNS name, `*.` allowed in front; nil matches every host.
    package var hostname: String?
    /// 1...65535.
    package var port: UInt16
    package var `protocol`: ListenerProtocol
    package var tls: ListenerTLSConfig?
    package var allowedRoutes: AllowedRoutes

    package init(
        name: String, hostname: String? = nil, port: UInt16, protocol: ListenerProtocol, tls: ListenerTLSConfig? = nil,
        allowedRoutes: AllowedRoutes = AllowedRoutes()
    ) {
        self.name = name
        self.hostname = hostname
        self.port = port
        self.protocol = `protocol`
        self.tls = tls
        self.allowedRoutes = allowedRoutes
    }
}

/// `Gateway.spec.listeners[].protocol`. The CRD allows any value; these are the ones it defines.
package enum ListenerProtocol: OpenEnum {
    case http
    case https
    case tls
    case tcp
    case udp
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [ListenerProtocol] = [.http, .https, .tls, .tcp, .udp]

    package var rawValue: String {
        switch self {
        case .http: "HTTP"
        case .https: "HTTPS"
        case .tls: "TLS"
        case .tcp: "TCP"
        case .udp: "UDP"
        case .unrecognized(let value): value
        }
    }
}

/// `Gateway.spec.listeners[].tls`.
package struct ListenerTLSConfig: Sendable, Hashable {
    package var mode: TLSMode
    package var certificateRefs: [SecretObjectReference]
    /// Implementation-specific, at most 16.
    package var options: [String: String]

    package init(
        mode: TLSMode = .terminate, certificateRefs: [SecretObjectReference] = [], options: [String: String] = [:]
    ) {
        self.mode = mode
        self.certificateRefs = certificateRefs
        self.options = options
    }
}

/// `Gateway.spec.listeners[].tls.mode`.
package enum TLSMode: OpenEnum {
    case terminate
    case passthrough
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [TLSMode] = [.terminate, .passthrough]

    package var rawValue: String {
        switch self {
        case .terminate: "Terminate"
        case .passthrough: "Passthrough"
        case .unrecognized(let value): value
        }
    }
}

/// `Gateway.spec.listeners[].allowedRoutes`.
package struct AllowedRoutes: Sendable, Hashable {
    package var namespaces: RouteNamespaces
    /// Empty leaves the choice to the listener's protocol.
    package var kinds: [RouteGroupKind]

    package init(namespaces: RouteNamespaces = RouteNamespaces(), kinds: [RouteGroupKind] = []) {
        self.namespaces = namespaces
        self.kinds = kinds
    }
}

/// `Gateway.spec.listeners[].allowedRoutes.namespaces`.
package struct RouteNamespaces: Sendable, Hashable {
    package var from: FromNamespaces
    /// Only looked at when `from` is Selector.
    package var selector: LabelSelector?

    package init(from: FromNamespaces = .same, selector: LabelSelector? = nil) {
        self.from = from
        self.selector = selector
    }
}

/// Which namespaces something may come from. `None` is only for `allowedListeners`.
package enum FromNamespaces: OpenEnum {
    case all
    case selector
    case same
    case none
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [FromNamespaces] = [.all, .selector, .same, .none]

    package var rawValue: String {
        switch self {
        case .all: "All"
        case .selector: "Selector"
        case .same: "Same"
        case .none: "None"
        case .unrecognized(let value): value
        }
    }
}

/// `allowedRoutes.kinds[]` and `status.listeners[].supportedKinds[]`.
package struct RouteGroupKind: Sendable, Hashable {
    package var group: String
    package var kind: String

    package init(group: String = gatewayAPIGroup, kind: String) {
        self.group = group
        self.kind = kind
    }
}
