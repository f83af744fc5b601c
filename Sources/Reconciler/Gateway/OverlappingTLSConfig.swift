import GatewayAPI
import Routing

/// HTTPS listeners of one port whose hostnames overlap: a client may reuse a connection for a host of another listener
/// (RFC 9110 section 7.4). Not an error, but every member of the overlap says so.
enum OverlappingTLSConfig {
    /// - Parameter indices: of the listeners that are admitted.
    static func mark(_ listeners: inout [ListenerEvaluation], _ indices: [Int]) {
        var ports: [UInt16: [Int]] = [:]
        for index in indices where listeners[index].spec.protocol == .https && listeners[index].isAccepted {
            if listeners[index].hostname != nil { ports[listeners[index].spec.port, default: []].append(index) }
        }
        for members in ports.values where members.count > 1 {
            // Two exact names of one port are never equal here, so one side of an overlap is always a wildcard.
            for i in members {
                if case .exact? = listeners[i].hostname { continue }
                for j in members where i != j && overlap(listeners[i], listeners[j]) {
                    listeners[i].overlaps.insert(j)
                    listeners[j].overlaps.insert(i)
                }
            }
        }
    }

    private static func overlap(_ first: ListenerEvaluation, _ second: ListenerEvaluation) -> Bool {
        guard let hostname = first.hostname, let other = second.hostname else { return false }
        return hostname.intersection(other) != nil
    }
}
