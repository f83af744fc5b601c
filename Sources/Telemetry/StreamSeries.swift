/// What the connections and flows of one route on one listener are counted under (docs/metrics.md).
package struct StreamLabels: Sendable, Hashable {
    /// The listener's protocol: `TCP`, `TLS` or `UDP`.
    package var `protocol`: String
    /// `namespace/name`.
    package var gateway: String
    /// The listener's name, `namespace/name/listener` in a ListenerSet; empty when none takes the server name.
    package var listener: String
    /// `namespace/name`; empty when none takes the connection.
    package var route: String

    package init(protocol: String, gateway: String, listener: String, route: String) {
        self.protocol = `protocol`
        self.gateway = gateway
        self.listener = listener
        self.route = route
    }
}

/// Why a connection was closed, or a flow not opened, before it reached a backend.
package enum StreamRefusal: Int, Sendable, CaseIterable {
    /// The listener has no route, or none for the server name.
    case noRoute
    /// The route has no backend, all weights are 0, or the share of an invalid backendRef.
    case noBackend
    /// The backend has no endpoint.
    case noEndpoint
    /// No endpoint could be reached.
    case connectFailed
    /// The client did not send a ClientHello.
    case notTLS
    /// ClientHello, PROXY protocol header or handshake were not complete in time.
    case timeout
    /// The TLS handshake failed.
    case handshakeFailed
    /// No descriptor was left for the flow.
    case noResources

    /// The value of the label `reason`.
    package var label: String {
        switch self {
        case .noRoute: "no_route"
        case .noBackend: "no_backend"
        case .noEndpoint: "no_endpoint"
        case .connectFailed: "connect_failed"
        case .notTLS: "not_tls"
        case .timeout: "timeout"
        case .handshakeFailed: "handshake_failed"
        case .noResources: "no_resources"
        }
    }
}

/// The counters of one route on one listener on one event loop. Confined to its loop.
package final class StreamSeries {
    /// Plain numbers: what one series holds at one moment, to be added up over the loops.
    package struct Counters: Sendable, BitwiseCopyable {
        /// Connections, or flows, handed to the route.
        package var opened: UInt64 = 0
        /// Open now.
        package var active: UInt64 = 0
        /// Bytes from clients to backends, without headers of any kind.
        package var bytesReceived: UInt64 = 0
        /// Bytes from backends to clients.
        package var bytesSent: UInt64 = 0
        /// UDP: datagrams passed on.
        package var datagramsReceived: UInt64 = 0
        package var datagramsSent: UInt64 = 0
        /// UDP: datagrams for which the kernel or the backend had no room, or that were too long.
        package var datagramsDropped: UInt64 = 0
        /// UDP: replies beyond what a client gets unasked.
        package var repliesSuppressed: UInt64 = 0
        /// UDP: flows that ended early because there were too many.
        package var evicted: UInt64 = 0
        /// By `StreamRefusal.rawValue`.
        package var refused = InlineArray<8, UInt64>(repeating: 0)

        package init() {}

        package mutating func add(_ other: Counters) {
            opened &+= other.opened
            active &+= other.active
            bytesReceived &+= other.bytesReceived
            bytesSent &+= other.bytesSent
            datagramsReceived &+= other.datagramsReceived
            datagramsSent &+= other.datagramsSent
            datagramsDropped &+= other.datagramsDropped
            repliesSuppressed &+= other.repliesSuppressed
            evicted &+= other.evicted
            for index in refused.indices { refused[index] &+= other.refused[index] }
        }
    }

    package var counters = Counters()

    package init() {}

    package func refuse(_ reason: StreamRefusal) {
        counters.refused[reason.rawValue] &+= 1
    }
}

/// All stream metrics of one event loop. Series appear with the first connection of a route and leave with the route, but not
/// before its last connection.
package final class StreamMetrics {
    private var seriesByLabels: [StreamLabels: StreamSeries] = [:]

    package init() {}

    package func series(for labels: StreamLabels) -> StreamSeries {
        if let known = seriesByLabels[labels] { return known }
        let made = StreamSeries()
        seriesByLabels[labels] = made
        return made
    }

    /// Drops the series of everything that is not in `labels` and has no connection left.
    package func retain(_ labels: Set<StreamLabels>) {
        seriesByLabels = seriesByLabels.filter { labels.contains($0.key) || $0.value.counters.active > 0 }
    }

    package func snapshot() -> [StreamLabels: StreamSeries.Counters] {
        seriesByLabels.mapValues(\.counters)
    }
}
