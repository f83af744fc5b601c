import GatewayAPI
import KubernetesTypes
import Routing

/// Ports that listeners cannot have: those the process failed to open, and those that an older Gateway has.
///
/// All Gateways share the addresses of the process. Requests to a port that two Gateways open could not be told apart
/// (routes of one must never be reached through the other), so the older Gateway has the port.
enum PortOwnership {
    /// - Parameter gateways: in conflict order.
    static func settle(_ gateways: inout [GatewayEvaluation], unbindable: [UInt16: String]) {
        var owners: [UInt16: ObjectName] = [:]
        for i in gateways.indices {
            for j in gateways[i].listeners.indices where gateways[i].serves(gateways[i].listeners[j]) {
                let port = gateways[i].listeners[j].spec.port
                let owner = owners[port, default: gateways[i].name]
                if let reason = unbindable[port] {
                    gateways[i].listeners[j].refuse(
                        .portUnavailable, "port", "Port \(port) could not be opened: \(reason).", help: "")
                } else if owner != gateways[i].name {
                    gateways[i].listeners[j].refuse(
                        .portUnavailable, "port",
                        "Port \(port) is taken by Gateway \(owner), which is older or comes first by name.",
                        help: "Give the listener another port, or attach the routes to that Gateway.")
                } else {
                    owners[port] = owner
                }
            }
        }
    }
}
