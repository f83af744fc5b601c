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
    /// The Gateway whose client certificate is shown to this backend; nil when none is. The same Service then is one
    /// backend for each such Gateway.
    package var identity: ObjectName?
    /// A Service may have one port number for TCP and for UDP, with different endpoints.
    package var transport: Transport
    /// For GRPCRoutes, where these speak HTTP/2 to a port that is HTTP/1.1 for all others. A port that speaks the same
    /// with both is one backend, without this.
    package var isGRPC: Bool

    package enum Transport: UInt8, Sendable, Hashable {
        case stream
        /// What UDPRoutes forward to.
        case datagram
    }

    package init(
        kind: Kind = .service, service: ObjectName, port: UInt16, identity: ObjectName? = nil,
        transport: Transport = .stream, isGRPC: Bool = false
    ) {
        self.kind = kind
        self.service = service
        self.port = port
        self.identity = identity
        self.transport = transport
        self.isGRPC = isGRPC
    }

    /// The port itself, whoever speaks to it and how.
    package var unspecialized: BackendID {
        BackendID(kind: kind, service: service, port: port, transport: transport)
    }

    /// `namespace/name:port`, with `XBackend ` in front for one, with `/udp` at the end for datagrams, and ` (gRPC)` for
    /// one that is for GRPCRoutes alone.
    package var description: String {
        let (prefix, suffix) = (kind == .externalBackend ? "XBackend " : "", transport == .datagram ? "/udp" : "")
        return "\(prefix)\(service):\(port)\(suffix)\(isGRPC ? " (gRPC)" : "")"
    }

    package static func < (lhs: BackendID, rhs: BackendID) -> Bool {
        if (lhs.service, lhs.port, lhs.kind.rawValue) != (rhs.service, rhs.port, rhs.kind.rawValue) {
            return (lhs.service, lhs.port, lhs.kind.rawValue) < (rhs.service, rhs.port, rhs.kind.rawValue)
        }
        if lhs.transport != rhs.transport { return lhs.transport.rawValue < rhs.transport.rawValue }
        if lhs.isGRPC != rhs.isGRPC { return rhs.isGRPC }
        guard let left = lhs.identity, let right = rhs.identity else {
            return rhs.identity != nil && lhs.identity == nil
        }
        return left < right
    }
}

/// A destination with its endpoints. Endpoints change often and are replaced without compiling routes again.
package struct BackendConfiguration: Sendable, Hashable {
    package var id: BackendID
    package var endpoints: [Endpoint]
    /// What this backend may get of retries; nil is without limit.
    package var retryBudget: RetryBudget?
    package var `protocol`: BackendProtocol
    /// nil: plain text.
    package var tls: BackendTLS?
    /// A PROXY protocol header goes in front of every connection of TCPRoutes and TLSRoutes; nil for none.
    package var proxyProtocol: ProxyProtocolVersion?

    package init(
        id: BackendID, endpoints: [Endpoint], retryBudget: RetryBudget? = nil, protocol: BackendProtocol = .http1,
        tls: BackendTLS? = nil, proxyProtocol: ProxyProtocolVersion? = nil
    ) {
        self.id = id
        self.endpoints = endpoints
        self.retryBudget = retryBudget
        self.protocol = `protocol`
        self.tls = tls
        self.proxyProtocol = proxyProtocol
    }

    /// What HTTP requests are sent with. Without meaning for TLSRoutes, TCPRoutes and UDPRoutes.
    package enum BackendProtocol: UInt8, Sendable, Hashable {
        case http1
        /// HTTP/2: by prior knowledge in plain text (`appProtocol: kubernetes.io/h2c`), by ALPN with TLS.
        case http2
    }

    /// haproxy's proxy-protocol.txt.
    package enum ProxyProtocolVersion: UInt8, Sendable, Hashable {
        case v1 = 1
        case v2 = 2
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
