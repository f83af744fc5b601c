import GatewayAPI
import KubernetesTypes
import Routing

/// Ports that listeners cannot have: those the process failed to open, and those that an older Gateway has.
///
/// Requests to a port of an address that two Gateways open could not be told apart (routes of one must never be reached
/// through the other), so the older Gateway has the port. Gateways with addresses of their own do not meet.
enum PortOwnership {
    /// - Parameter gateways: in conflict order.
    static func settle(_ gateways: inout [GatewayEvaluation], unbindable: [BindAddress: String]) {
        var owners: [BindAddress: ObjectName] = [:]
        for i in gateways.indices {
            // The Gateway's own listeners come first: if none of them is left, its ListenerSets are not served either.
            let (name, addresses) = (gateways[i].name, gateways[i].addresses.bound)
            for j in gateways[i].listeners.indices where gateways[i].claimsPort(gateways[i].listeners[j]) {
                let port = gateways[i].listeners[j].spec.port
                let transport = gateways[i].listeners[j].spec.protocol.transport
                let sockets = addresses.map { BindAddress(address: $0, port: port, transport: transport) }
                if let socket = sockets.first(where: { unbindable[$0] != nil }), let reason = unbindable[socket] {
                    let number = transport == .datagram ? "UDP port \(port)" : "Port \(port)"
                    let place = socket.address.map { "\(number) of address \($0)" } ?? number
                    gateways[i].listeners[j].refuse(
                        .portNotOpened, .portUnavailable, "port", "\(place) could not be opened: \(reason).", help: "")
                } else if let owner = sockets.lazy.compactMap({ owners[$0] }).first(where: { $0 != name }) {
                    gateways[i].listeners[j].refuse(
                        .portTaken, .portUnavailable, "port",
                        "\(transport == .datagram ? "UDP port" : "Port") \(port) is taken by Gateway \(owner), which is older or comes first by name.",
                        help: "Give the listener another port, or attach the routes to that Gateway.")
                } else {
                    for socket in sockets { owners[socket] = name }
                }
            }
        }
    }
}

extension ListenerProtocol {
    /// The kind of socket that the listener needs.
    var transport: BindAddress.Transport { self == .udp ? .datagram : .stream }
}
