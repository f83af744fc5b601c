import GatewayAPI
import KubernetesTypes
import Routing

/// Listeners of one Gateway that cannot exist side by side. Such a clash has no winner: all of its listeners are
/// refused, and the port is not opened for any of them.
enum ListenerConflicts {
    static func mark(_ listeners: inout [ListenerEvaluation]) {
        for i in listeners.indices {
            for j in listeners.indices where i != j {
                guard let reason = conflict(listeners[i], listeners[j]) else { continue }
                listeners[i].markConflicted(
                    reason, message(reason, listeners[i].spec, listeners[j].spec),
                    help: reason == .hostnameConflict
                        ? "Give one of them another hostname or port." : "Give one of them another port.")
                break
            }
        }
    }

    private static func conflict(
        _ first: ListenerEvaluation, _ second: ListenerEvaluation
    ) -> ListenerConditionReason? {
        guard first.spec.port == second.spec.port else { return nil }
        guard let transport = Transport(first.spec.protocol), let other = Transport(second.spec.protocol) else {
            return nil
        }
        if transport == .datagram || other == .datagram {
            return transport == other ? .protocolConflict : nil
        }
        if transport != other { return .protocolConflict }
        guard first.spec.protocol == second.spec.protocol else { return nil }
        if transport == .stream { return .protocolConflict }
        if first.spec.protocol == .tls, first.spec.tls?.mode != second.spec.tls?.mode { return .protocolConflict }
        return first.hostname == second.hostname ? .hostnameConflict : nil
    }

    private static func message(
        _ reason: ListenerConditionReason, _ first: Listener, _ second: Listener
    ) -> String {
        if reason == .hostnameConflict {
            let hostname = first.hostname.map { "the hostname \($0)" } ?? "no hostname"
            return "Listener \(second.name) has the same port \(first.port) and also \(hostname)."
        }
        if first.protocol == second.protocol, first.protocol == .tls {
            return "Listener \(second.name) on the same port \(first.port) has another TLS mode."
        }
        return "Listener \(second.name) has the same port \(first.port) with protocol \(second.protocol), which cannot "
            + "be shared with \(first.protocol)."
    }

    /// What decides whether two listeners can share a port number.
    private enum Transport {
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
}
