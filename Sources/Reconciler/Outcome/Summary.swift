package import GatewayAPI
package import Routing

/// The outcome in brief, for people.
package struct Summary: Sendable, Hashable {
    /// Our Gateways, by name.
    package var gateways: [GatewaySummary]
    /// The routes that have problems, by name.
    package var routes: [RouteSummary]
}

package struct GatewaySummary: Sendable, Hashable {
    package var name: ObjectName
    package var gatewayClassName: String
    /// What its listeners bind; nil is the bind address of the process.
    package var addresses: [String?]
    /// Its own, then those of its ListenerSets.
    package var listeners: [ListenerSummary]
    /// Messages of the Gateway's conditions that are not as they should be.
    package var problems: [String]
}

package struct ListenerSummary: Sendable, Hashable {
    /// The ListenerSet that it stands in; nil for the Gateway's own.
    package var listenerSet: ObjectName?
    package var name: String
    package var port: UInt16
    package var `protocol`: ListenerProtocol
    /// `.any` when unset.
    package var hostname: HostnamePattern
    package var attachedRoutes: Int
    /// Whether it is in the configuration.
    package var isServed: Bool
    /// Messages of the listener's conditions that are not as they should be.
    package var problems: [String]
}

package struct RouteSummary: Sendable, Hashable {
    /// `HTTPRoute`.
    package var kind: String
    package var name: ObjectName
    /// Messages of conditions that are not as they should be, without repetition.
    package var problems: [String]
}
