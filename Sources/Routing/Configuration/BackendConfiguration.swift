/// One port of one Service, or an XBackend.
package struct BackendID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package enum Kind: UInt8, Sendable, Hashable {
        case service
        /// `gateway.networking.x-k8s.io` XBackend.
        case externalBackend
    }

    package var kind: Kind
    /// `namespace/name` of the Service or XBackend.
    package var service: ObjectName
    /// The port number as the backendRef names it, or as the XBackend does.
    package var port: UInt16

    package init(kind: Kind = .service, service: ObjectName, port: UInt16) {
        self.kind = kind
        self.service = service
        self.port = port
    }

    /// `namespace/name:port`, with `XBackend ` in front for one.
    package var description: String { "\(kind == .externalBackend ? "XBackend " : "")\(service):\(port)" }

    package static func < (lhs: BackendID, rhs: BackendID) -> Bool {
        (lhs.service, lhs.port, lhs.kind.rawValue) < (rhs.service, rhs.port, rhs.kind.rawValue)
    }
}

/// A destination with its endpoints. Endpoints change often and are replaced without compiling routes again.
package struct BackendConfiguration: Sendable, Hashable {
    package var id: BackendID
    package var endpoints: [Endpoint]
    /// What this backend may get of retries; nil is without limit.
    package var retryBudget: RetryBudget?

    package init(id: BackendID, endpoints: [Endpoint], retryBudget: RetryBudget? = nil) {
        self.id = id
        self.endpoints = endpoints
        self.retryBudget = retryBudget
    }
}

/// One place that a request can be sent to.
package struct Endpoint: Sendable, Hashable {
    package var host: Host
    package var port: UInt16
    package var condition: Condition

    package enum Host: Sendable, Hashable {
        /// An IPv4 or IPv6 address in text form that `inet_pton` accepts.
        case address(String)
        /// A DNS name (Service type ExternalName), resolved by the proxy with its TTL respected.
        case name(String)
    }

    /// discovery.k8s.io/v1 endpoint conditions, reduced to the order in which the proxy prefers endpoints.
    package enum Condition: UInt8, Sendable, Hashable {
        case ready
        /// Terminating but still serving: used only when no endpoint is ready.
        case servingTerminating
    }

    package init(host: Host, port: UInt16, condition: Condition = .ready) {
        self.host = host
        self.port = port
        self.condition = condition
    }
}
