import GatewayAPI
import KubernetesTypes
import Routing

/// A Gateway as routes see it: what their attachment depends on, and nothing else. As long as it stays equal, the
/// results of its routes hold.
enum ParentGateway: Sendable, Hashable {
    case ours(AttachmentTarget)
    /// A Gateway of another controller, or of a class that does not exist.
    case foreign
}

/// One of our Gateways.
struct AttachmentTarget: Sendable, Hashable {
    let name: ObjectName
    let controllerName: String
    /// In the order of `spec.listeners`.
    let listeners: [AttachmentListener]
}

/// One of its listeners.
struct AttachmentListener: Sendable, Hashable {
    let name: String
    let port: UInt16
    let `protocol`: ListenerProtocol
    /// nil when no hostname can match.
    let hostname: HostnamePattern?
    let namespaces: RouteNamespaces
    let takesHTTPRoutes: Bool
    let kinds: [RouteGroupKind]

    /// Routes attach to a listener also when it is not accepted or not programmed.
    init(_ listener: ListenerEvaluation) {
        name = listener.spec.name
        port = listener.spec.port
        `protocol` = listener.spec.protocol
        hostname = listener.hostname
        namespaces = listener.spec.allowedRoutes.namespaces
        takesHTTPRoutes = listener.supportedKinds.contains(.httpRoute)
        kinds = listener.spec.allowedRoutes.kinds
    }
}

extension GatewayStage {
    /// All Gateways of the state, by name.
    var parents: [ObjectName: ParentGateway] {
        var parents = foreignGateways.mapValues { _ in ParentGateway.foreign }
        for gateway in gateways {
            parents[gateway.name] = .ours(
                AttachmentTarget(
                    name: gateway.name, controllerName: gateway.controllerName,
                    listeners: gateway.listeners.map(AttachmentListener.init)))
        }
        return parents
    }
}
