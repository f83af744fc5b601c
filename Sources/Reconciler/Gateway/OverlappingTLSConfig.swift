import GatewayAPI
import Routing

/// HTTPS listeners of one port whose hostnames overlap: a client may reuse a connection for a host of another listener
/// (RFC 9110 section 7.4). Not an error, but every member of the overlap says so.
enum OverlappingTLSConfig {
    static func mark(_ listeners: inout [ListenerEvaluation]) {
        for i in listeners.indices {
            listeners[i].overlaps = listeners.indices
                .filter { $0 != i && overlap(listeners[i], listeners[$0]) }
                .map { listeners[$0].spec.name }
        }
    }

    private static func overlap(_ first: ListenerEvaluation, _ second: ListenerEvaluation) -> Bool {
        guard first.spec.protocol == .https, second.spec.protocol == .https, first.spec.port == second.spec.port,
            first.isAccepted, second.isAccepted, let hostname = first.hostname, let other = second.hostname
        else { return false }
        return hostname.intersection(other) != nil
    }
}
