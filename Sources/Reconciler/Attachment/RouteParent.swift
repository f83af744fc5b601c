import GatewayAPI
import KubernetesTypes
import Routing

/// What a parentRef of a route names.
struct ParentName: Sendable, Hashable, CustomStringConvertible {
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case gateway = "Gateway"
        case listenerSet = "ListenerSet"
    }

    var kind: Kind
    var name: ObjectName

    static func gateway(_ name: ObjectName) -> ParentName { ParentName(kind: .gateway, name: name) }

    static func listenerSet(_ name: ObjectName) -> ParentName { ParentName(kind: .listenerSet, name: name) }

    /// `Gateway namespace/name`.
    var description: String { "\(kind.rawValue) \(name)" }
}

/// A Gateway or ListenerSet as routes see it: what their attachment depends on, and nothing else. As long as it stays
/// equal, the results of its routes hold.
enum RouteParent: Sendable, Hashable {
    case ours(AttachmentTarget)
    /// A Gateway of another controller, or of a class that does not exist; a ListenerSet that belongs to no Gateway of
    /// ours.
    case foreign

    var isDefaultGateway: Bool {
        if case .ours(let target) = self { target.isDefaultGateway } else { false }
    }
}

/// One of our Gateways with its own listeners, or one of the ListenerSets of these Gateways.
struct AttachmentTarget: Sendable, Hashable {
    let parent: ParentName
    /// The Gateway itself, or the one that the ListenerSet joins.
    let gateway: ObjectName
    let controllerName: String
    /// In the order of `spec.listeners`.
    let listeners: [AttachmentListener]
    /// Where `listeners` begin among all listeners of the Gateway.
    let firstListener: Int
    /// `spec.defaultScope` of a Gateway is All.
    let isDefaultGateway: Bool

    /// "Same" in `allowedRoutes.namespaces` is this one.
    var namespace: String { parent.name.namespace }
}

/// One of its listeners.
struct AttachmentListener: Sendable, Hashable {
    let name: String
    let port: UInt16
    let `protocol`: ListenerProtocol
    /// nil when no hostname can match.
    let hostname: HostnamePattern?
    let namespaces: RouteNamespaces
    /// What it takes.
    let supportedKinds: [RouteGroupKind]
    /// What its author wrote.
    let kinds: [RouteGroupKind]

    /// Routes attach to a listener also when it is not accepted or not programmed.
    init(_ listener: ListenerEvaluation) {
        name = listener.spec.name
        port = listener.spec.port
        `protocol` = listener.spec.protocol
        hostname = listener.hostname
        namespaces = listener.spec.allowedRoutes.namespaces
        supportedKinds = listener.supportedKinds
        kinds = listener.spec.allowedRoutes.kinds
    }
}

extension GatewayStage {
    /// All Gateways and ListenerSets of the state.
    var parents: [ParentName: RouteParent] {
        var parents: [ParentName: RouteParent] = [:]
        for name in foreignGateways.keys { parents[.gateway(name)] = .foreign }
        for name in foreignListenerSets { parents[.listenerSet(name)] = .foreign }
        for gateway in gateways {
            func add(_ parent: ParentName, _ range: Range<Int>, isDefault: Bool) {
                parents[parent] = .ours(
                    AttachmentTarget(
                        parent: parent, gateway: gateway.name, controllerName: gateway.controllerName,
                        listeners: gateway.listeners[range].map(AttachmentListener.init),
                        firstListener: range.lowerBound, isDefaultGateway: isDefault))
            }
            add(.gateway(gateway.name), gateway.ownListeners, isDefault: gateway.isDefault)
            for set in gateway.listenerSets { add(.listenerSet(set.name), set.listeners, isDefault: false) }
        }
        return parents
    }

    /// The Gateways that routes with `useDefaultGateways: All` attach to, in conflict order.
    var defaultGateways: [ParentName] { gateways.lazy.filter(\.isDefault).map { .gateway($0.name) } }
}
