/// One port of one Service.
package struct BackendID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var service: ObjectName
    /// The Service port number as the backendRef names it.
    package var port: UInt16

    package init(service: ObjectName, port: UInt16) {
        self.service = service
        self.port = port
    }

    package var description: String { "\(service):\(port)" }

    package static func < (lhs: BackendID, rhs: BackendID) -> Bool {
        (lhs.service, lhs.port) < (rhs.service, rhs.port)
    }
}

/// A destination with its endpoints. Endpoints change often and are replaced without compiling routes again.
package struct BackendConfiguration: Sendable, Hashable {
    package var id: BackendID
    package var endpoints: [Endpoint]

    package init(id: BackendID, endpoints: [Endpoint]) {
        self.id = id
        self.endpoints = endpoints
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
