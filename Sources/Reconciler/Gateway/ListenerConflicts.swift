import GatewayAPI
import KubernetesTypes
import Routing

/// Listeners of one Gateway that cannot exist side by side.
///
/// A clash among the Gateway's own listeners has no winner: all of them are refused, and the port is not opened for any.
/// A listener of a ListenerSet loses against what comes before it in the order of precedence, which keeps working.
enum ListenerConflicts {
    /// - Parameters:
    ///   - own: the Gateway's own listeners.
    ///   - sets: in the order of precedence, like `listeners`.
    static func mark(
        _ listeners: inout [ListenerEvaluation], own: Range<Int>, sets: [ListenerSetEvaluation], gateway: ObjectName
    ) {
        markWithoutWinner(&listeners, own)
        guard !sets.isEmpty else { return }
        var taken = TakenPorts()
        for index in own where listeners[index].isAccepted { taken.add(listeners[index], index) }
        for set in sets where set.refusal == nil {
            for index in set.listeners {
                if let (reason, winner) = taken.conflict(with: listeners[index]) {
                    let owner = Owner(of: listeners[winner], sets, seenBy: set, gateway: gateway)
                    listeners[index].markConflicted(
                        reason, message(reason, listeners[index].spec, owner.describe(listeners[winner].spec)),
                        help: help(reason))
                } else if listeners[index].isAccepted {
                    taken.add(listeners[index], index)
                }
            }
        }
    }

    private static func markWithoutWinner(_ listeners: inout [ListenerEvaluation], _ own: Range<Int>) {
        for i in own {
            for j in own where i != j {
                guard let reason = conflict(listeners[i], listeners[j]) else { continue }
                let other = listeners[j].spec
                let message = message(reason, listeners[i].spec, ("Listener \(other.name)", other))
                listeners[i].markConflicted(reason, message, help: help(reason))
                break
            }
        }
    }

    private static func conflict(
        _ first: ListenerEvaluation, _ second: ListenerEvaluation
    ) -> ListenerConditionReason? {
        guard first.spec.port == second.spec.port else { return nil }
        guard let transport = ListenerTransport(first.spec.protocol),
            let other = ListenerTransport(second.spec.protocol)
        else { return nil }
        if transport == .datagram || other == .datagram {
            return transport == other ? .protocolConflict : nil
        }
        if transport != other { return .protocolConflict }
        if transport == .stream { return .protocolConflict }
        // The server name decides between HTTPS and TLS, and between both modes of TLS.
        return first.hostname == second.hostname ? .hostnameConflict : nil
    }

    /// - Parameter other: the listener in the way, and how to call it.
    private static func message(
        _ reason: ListenerConditionReason, _ listener: Listener, _ other: (name: String, spec: Listener)
    ) -> String {
        if reason == .hostnameConflict {
            let hostname = listener.hostname.map { "the hostname \($0)" } ?? "no hostname"
            return "\(other.name) has the same port \(listener.port) and also \(hostname)."
        }
        return "\(other.name) has the same port \(listener.port) with protocol \(other.spec.protocol), which cannot "
            + "be shared with \(listener.protocol)."
    }

    private static func help(_ reason: ListenerConditionReason) -> String {
        reason == .hostnameConflict
            ? "Give one of them another hostname or port." : "Give one of them another port."
    }

    /// Where the listener that wins stands, as far as the author of the other one may know: names in other namespaces
    /// are not theirs to see.
    private enum Owner {
        case sameSet
        case gateway(isVisible: Bool)
        case otherSet(ObjectName?)

        init(
            of listener: ListenerEvaluation, _ sets: [ListenerSetEvaluation], seenBy viewer: ListenerSetEvaluation,
            gateway: ObjectName
        ) {
            guard let set = listener.listenerSet else {
                self = .gateway(isVisible: gateway.namespace == viewer.name.namespace)
                return
            }
            let name = sets[set].name
            self =
                name == viewer.name
                ? .sameSet : .otherSet(name.namespace == viewer.name.namespace ? name : nil)
        }

        func describe(_ listener: Listener) -> (name: String, spec: Listener) {
            let name =
                switch self {
                case .sameSet: "Listener \(listener.name), which comes first,"
                case .gateway(isVisible: true): "Listener \(listener.name) of the Gateway"
                case .gateway(isVisible: false): "A listener of the Gateway"
                case .otherSet(let set?): "Listener \(listener.name) of ListenerSet \(set), which comes first,"
                case .otherSet(nil): "A listener of another ListenerSet, which comes first,"
                }
            return (name, listener)
        }
    }
}

/// What decides whether two listeners can share a port number.
enum ListenerTransport {
    /// Told apart by the Host header.
    case plaintext
    /// Told apart by SNI.
    case encrypted
    /// Cannot be told apart.
    case stream
    /// A number space of its own.
    case datagram

    /// nil for protocols nothing is known about: they are refused anyway and must not harm others.
    init?(_ protocol: ListenerProtocol) {
        switch `protocol` {
        case .http: self = .plaintext
        case .https, .tls: self = .encrypted
        case .tcp: self = .stream
        case .udp: self = .datagram
        case .unrecognized: return nil
        }
    }
}

/// The listeners accepted so far, by what others may clash with. A refused listener is in nobody's way.
private struct TakenPorts {
    private struct Port {
        /// What stream sockets of the port carry, with one of the listeners.
        var stream: (transport: ListenerTransport, index: Int)?
        var datagram: Int?
        var hostnames: [HostnamePattern?: Int] = [:]
    }

    private var ports: [UInt16: Port] = [:]

    mutating func add(_ listener: ListenerEvaluation, _ index: Int) {
        guard let transport = ListenerTransport(listener.spec.protocol) else { return }
        var port = ports[listener.spec.port] ?? Port()
        if transport == .datagram {
            port.datagram = index
        } else {
            port.stream = port.stream ?? (transport, index)
            port.hostnames[listener.hostname] = port.hostnames[listener.hostname] ?? index
        }
        ports[listener.spec.port] = port
    }

    func conflict(with listener: ListenerEvaluation) -> (reason: ListenerConditionReason, winner: Int)? {
        guard let transport = ListenerTransport(listener.spec.protocol), let port = ports[listener.spec.port] else {
            return nil
        }
        if transport == .datagram { return port.datagram.map { (.protocolConflict, $0) } }
        if let stream = port.stream, stream.transport != transport || transport == .stream {
            return (.protocolConflict, stream.index)
        }
        return port.hostnames[listener.hostname].map { (.hostnameConflict, $0) }
    }
}
